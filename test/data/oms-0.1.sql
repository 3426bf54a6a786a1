-- Rows of a shop of version 0.1, as pg_dump --data-only wrote them after most of the worked examples of sql/ (test/tap/upgrade.pl)
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
COPY oms.backorder_account (sku, channel, on_hand, unavailable, reserved, w, exc) FROM stdin;
kettle	wholesale	0	0	1	0	{}
cup	web	0	0	3	0	{}
mug	web	0	0	2	0	{}
grill	web	0	0	80	0	{}
wok	web	0	0	80	0	{}
\.
COPY oms.backorder_claim_row (sku, backorder_id, incoming_id, location, quantity) FROM stdin;
\.
COPY oms.backorder_delta (sku, channel, id, on_hand, unavailable, reserved) FROM stdin;
kettle	wholesale	1	0	0	1
kettle	wholesale	2	0	0	-1
cup	web	1	0	0	-3
mug	web	1	0	0	-2
kettle	wholesale	3	0	0	-1
grill	web	1	0	0	-80
wok	web	1	0	0	-80
wok	web	2	0	0	8
mug	web	2	0	0	1
mug	web	3	0	0	1
\.
COPY oms.location_group (location_group) FROM stdin;
network
all
warehouses
stores
bronx
\.
COPY oms.channel (channel, ship_group, pickup_group, safety_stock, buffer, status, show_at_most) FROM stdin;
bronx	bronx	\N	0	0	active	\N
market	stores	\N	2	1	active	\N
bazaar	all	\N	0	0	active	\N
pos	all	\N	0	0	active	\N
wholesale	all	\N	0	0	active	\N
web	network	\N	0	0	active	\N
\.
COPY oms.backorder_limit (channel, sku, units) FROM stdin;
web	wok	10
\.
COPY oms.backorder_row (backorder_id, sku, channel, method, location, quantity, filled, status, cart_id, order_id, line_no, priority, promise_at, reference, created_at, changed_at, wanted_since, quota_period) FROM stdin;
1	kettle	wholesale	ship	\N	1	0	released	\N	\N	\N	\N	\N	\N	2026-11-25 10:47:39.145433+00	2026-11-25 10:47:39.168131+00	2026-11-25 10:47:39.145432+00	\N
33	cup	web	ship	\N	3	3	filled	\N	\N	\N	\N	\N	\N	2026-11-25 10:47:40.527854+00	2026-11-25 10:47:40.84576+00	2026-11-25 10:47:40.500267+00	\N
65	mug	web	ship	Bronx	2	2	filled	\N	urgent	1	0	\N	\N	2026-11-25 10:47:46.991714+00	2026-11-25 10:47:47.011276+00	2026-11-25 10:47:46.817685+00	\N
2	kettle	wholesale	ship	\N	1	1	filled	\N	\N	\N	\N	\N	\N	2026-11-25 10:47:39.159841+00	2026-11-25 10:47:47.365532+00	2026-11-25 10:47:39.159841+00	\N
97	grill	web	ship	\N	80	80	filled	\N	\N	\N	\N	\N	\N	2026-11-25 10:47:47.394958+00	2026-11-25 10:47:47.402564+00	2026-11-25 10:47:47.394958+00	\N
98	wok	web	ship	\N	80	80	filled	\N	\N	\N	\N	\N	\N	2026-11-25 10:47:47.395017+00	2026-11-25 10:47:47.403362+00	2026-11-25 10:47:47.395017+00	\N
99	wok	web	ship	\N	8	0	open	\N	\N	\N	\N	\N	\N	2026-11-25 10:47:47.405591+00	\N	2026-11-25 10:47:47.40559+00	\N
129	mug	web	ship	Bronx	1	0	open	\N	urgent	1	0	\N	\N	2026-11-25 10:47:50.245976+00	\N	2026-11-25 10:47:46.817685+00	\N
130	mug	web	ship	Bronx	1	0	open	\N	urgent	1	0	\N	\N	2026-11-25 10:47:50.247271+00	\N	2026-11-25 10:47:46.817685+00	\N
\.
COPY oms.location (location, kind, coordinates, time_zone, status, can_ship, can_pickup, handling_cost, capacity_orders, business_hours, handling_hours, cut_off, minutes_per_order, minutes_per_line, minutes_per_unit) FROM stdin;
warehouse	warehouse	33.45,-112.07	UTC	offline	t	t	0	\N	\N	4	\N	0	0	0
Nowhere	store	\N	UTC	offline	t	t	0	\N	\N	4	\N	0	0	0
North	store	\N	UTC	active	t	t	0	\N	\N	4	\N	0	0	0
South	store	\N	UTC	active	t	t	0	\N	\N	4	\N	0	0	0
store	store	40,-100	America/New_York	active	t	t	0	\N	\N	4	\N	10	0	2.5
far	warehouse	45,-100	UTC	offline	t	t	0	\N	\N	4	\N	0	0	0
depot	warehouse	\N	UTC	active	t	t	0	\N	\N	4	\N	0	0	0
Paris	store	48.8566,2.3522	UTC	active	t	t	0	\N	Mo-Fr 08:00-18:00	2	17:00:00	0	0	0
Lyon	warehouse	45.764,4.8357	UTC	active	t	t	0	\N	\N	1	\N	0	0	0
Reno DC	warehouse	\N	UTC	active	t	t	0	\N	\N	4	\N	0	0	0
Oakland	store	\N	UTC	active	t	t	0	\N	\N	4	\N	0	0	0
Queens	store	40.7282,-73.7949	America/New_York	active	t	t	0	\N	Mo-Sa 09:00-18:00	4	\N	0	0	0
Bronx	store	40.8448,-73.8648	UTC	active	t	t	0	\N	\N	4	\N	0	0	0
Reno	warehouse	39.5296,-119.8138	UTC	active	t	t	0	\N	\N	4	\N	0	0	0
\.
COPY oms.bin (location, sku, bin) FROM stdin;
Bronx	mug	A-07
Bronx	cup	B-01
\.
COPY oms.capacity (location, window_name, days, hours, orders, lines, units, minutes) FROM stdin;
store	day	(,)	24/7	10	\N	\N	\N
store	morning	(,)	Mo-Fr 08:00-12:00	\N	\N	\N	25
store	afternoon	(,)	Mo-Fr 12:00-18:00	\N	\N	\N	100
store	day	[2030-12-24,2030-12-25)	24/7	1	\N	\N	\N
depot	day	(,)	Mo-Fr 22:00-06:00	\N	\N	50	\N
\.
COPY oms.capacity_account (location, window_name, until, measure, on_hand, unavailable, reserved, w, exc) FROM stdin;
store	at once	infinity	orders	0	0	3	0	{}
store	day	2030-01-09T05:00:00.000000Z	orders	0	0	1	0	{}
store	morning	2030-01-08T17:00:00.000000Z	minutes	0	0	900	0	{}
store	day	2030-01-10T05:00:00.000000Z	orders	0	0	2	0	{}
store	morning	2030-01-09T17:00:00.000000Z	minutes	0	0	1500	0	{}
store	day	2030-12-25T05:00:00.000000Z	orders	0	0	1	0	{}
store	morning	2030-12-24T17:00:00.000000Z	minutes	0	0	900	0	{}
\.
COPY oms.capacity_delta (location, window_name, until, measure, id, on_hand, unavailable, reserved) FROM stdin;
store	at once	infinity	orders	1	0	0	-3
store	day	2030-01-09T05:00:00.000000Z	orders	1	0	0	-1
store	day	2030-01-10T05:00:00.000000Z	orders	1	0	0	-2
store	morning	2030-01-08T17:00:00.000000Z	minutes	1	0	0	-900
store	morning	2030-01-09T17:00:00.000000Z	minutes	1	0	0	-1500
store	day	2030-12-25T05:00:00.000000Z	orders	1	0	0	6
store	morning	2030-12-24T17:00:00.000000Z	minutes	1	0	0	4500
store	day	2030-12-25T05:00:00.000000Z	orders	2	0	0	-7
store	morning	2030-12-24T17:00:00.000000Z	minutes	2	0	0	-5400
\.
COPY oms.capacity_use_row (order_id, fulfillment_id, location, window_name, until, measure, quantity) FROM stdin;
\.
COPY oms.carrier_service (carrier_service, location_group, business_hours) FROM stdin;
standard	\N	Mo-Fr 00:00-24:00
express	\N	\N
\.
COPY oms.zone (zone, area) FROM stdin;
Corsica	((8.5,41.3),(9.6,41.3),(9.6,43.1),(8.5,43.1))
\.
COPY oms.carrier_rate (carrier_service, zone, up_to_km, transit_days, price, price_per_km) FROM stdin;
standard	Corsica	\N	4	19	0
\.
COPY oms.confidence_row (location, sku, accepted, rejected, half_life, as_of, counted_at) FROM stdin;
Bronx	cup	2.263157483	1.736842105	30 days	2026-11-25 10:47:40.054071+00	2026-11-25 10:47:40.054071+00
Bronx	mug	4.57894623	1.421052632	30 days	2026-11-25 10:47:39.938736+00	2026-11-25 10:47:39.938736+00
Bronx	vase	2.76	0.24	30 days	2026-11-25 10:47:40.06207+00	2026-11-25 10:47:40.06207+00
Bronx	pot	1	0	30 days	2026-11-25 10:47:38.531438+00	\N
Bronx	bowl	2.25	0.75	30 days	2026-11-25 10:47:40.062891+00	2026-11-25 10:47:40.062891+00
Bronx	tee	2	1	30 days	2026-11-25 10:47:48.834495+00	2026-11-25 10:47:48.834495+00
Bronx	cap	2.666666667	0.333333333	30 days	2026-11-25 10:47:48.831853+00	2026-11-25 10:47:48.831853+00
Bronx	\N	17.518739663	5.481218289	30 days	2026-11-25 10:47:48.834495+00	2026-11-25 10:47:48.834495+00
\.
COPY oms.confidence_setting (location, half_life, base_rate, prior_weight, count_weight, reject_cost) FROM stdin;
\.
COPY oms.consumer_row (consumer, events, channels, method, publish, low, cluster, "position", offered, available_at, available_offered, looked_at, looked_offered, setup, setup_offered, watched, watched_offered, added_at, acknowledged_at) FROM stdin;
shop window	{stock,reservation,order,fulfillment}	{web}	ship	value	5	7712058968818448122	882:882:	\N	889:889:	891:891:	2026-11-25 10:47:44.006812+00	2026-11-25 10:47:44.014567+00	b7511de775637d3b55f863c426a434e1	b7511de775637d3b55f863c426a434e1	{}	{}	2026-11-25 10:47:40.822626+00	2026-11-25 10:47:44.009925+00
\.
COPY oms.count_line_row (count_id, sku, status, counted, counted_at, expected, variance, attempts, counted_by, decided_by, decided_at, reason) FROM stdin;
1	mug	accepted	10	2026-11-25 10:47:39.736795+00	19	-9	1	postgres	postgres	2026-11-25 10:47:39.938515+00	\N
2	cup	accepted	8	2026-11-25 10:47:40.05074+00	19	-11	1	postgres	postgres	2026-11-25 10:47:40.054013+00	\N
3	cup	counted	10	2026-11-25 10:47:40.05454+00	8	2	1	postgres	\N	\N	\N
4	vase	accepted	92	2026-11-25 10:47:40.055124+00	100	-8	1	postgres	postgres	2026-11-25 10:47:40.062004+00	\N
4	bowl	accepted	75	2026-11-25 10:47:40.062483+00	100	-25	2	postgres	Ann	2026-11-25 10:47:40.062844+00	\N
5	mug	accepted	1	2026-11-25 10:47:50.226295+00	29	-28	1	Cem	Ann	2026-11-25 10:47:50.228026+00	\N
\.
COPY oms.count_pick_row (count_id, sku, units, picked_at) FROM stdin;
2	vase	2	2026-11-25 10:47:49.64183+00
3	vase	2	2026-11-25 10:47:49.641985+00
4	vase	2	2026-11-25 10:47:49.641988+00
2	vase	-2	2026-11-25 10:47:49.655684+00
3	vase	-2	2026-11-25 10:47:49.655692+00
4	vase	-2	2026-11-25 10:47:49.655694+00
\.
COPY oms.count_session_row (count_id, location, status, blind, picked_counted, recount_units, recount_percent, recount_value, reason, opened_by, opened_at, closed_by, closed_at) FROM stdin;
1	Bronx	closed	t	f	\N	\N	\N	\N	postgres	2026-11-25 10:47:39.726765+00	postgres	2026-11-25 10:47:39.939485+00
2	Bronx	open	f	f	\N	\N	\N	\N	postgres	2026-11-25 10:47:40.050439+00	\N	\N
3	Bronx	open	f	t	\N	\N	\N	\N	postgres	2026-11-25 10:47:40.05431+00	\N	\N
4	Bronx	open	f	f	10	\N	\N	quarterly	postgres	2026-11-25 10:47:40.05484+00	\N	\N
5	Bronx	open	t	f	\N	\N	\N	\N	postgres	2026-11-25 10:47:50.219601+00	\N	\N
\.
COPY oms.count_task_row (location, sku, opened_at, reason, closed_at, counted, variance) FROM stdin;
Bronx	mug	2026-11-25 10:47:39.938737+00	counted unasked	2026-11-25 10:47:39.938736+00	10	-9
Bronx	cup	2026-11-25 10:47:40.054072+00	counted unasked	2026-11-25 10:47:40.054071+00	8	-11
Bronx	vase	2026-11-25 10:47:40.06207+00	counted unasked	2026-11-25 10:47:40.06207+00	92	-8
Bronx	bowl	2026-11-25 10:47:40.062891+00	counted unasked	2026-11-25 10:47:40.062891+00	75	-25
Bronx	cap	2026-11-25 10:47:48.831853+00	counted unasked	2026-11-25 10:47:48.831853+00	8	-1
Bronx	tee	2026-11-25 10:47:48.834495+00	counted unasked	2026-11-25 10:47:48.834495+00	6	-3
Bronx	mug	2026-11-25 10:47:50.228198+00	counted unasked	2026-11-25 10:47:50.228198+00	1	-28
\.
COPY oms.decision_line_row (order_id, run_id, line_no, part, sku, location, quantity, shipment, cost, distance_km, late_seconds, carrier_service, ship_at, arrive_at, queue, reason, routing, rule_no, cancel_at) FROM stdin;
O-1	1	1	1	mug	Bronx	3	1	5.1972	19.7	0	\N	2026-11-25 14:47:38.254429+00	2026-11-25 15:11:18.254429+00	\N	handling 0 + shipment 5 + distance 0.1972 + late 0	\N	\N	\N
O-1	1	2	1	cup	Bronx	1	1	0	19.7	0	\N	2026-11-25 14:47:38.254429+00	2026-11-25 15:11:18.254429+00	\N	handling 0 + shipment 5 + distance 0.1972 + late 0	\N	\N	\N
O-2	1	1	1	mug	Bronx	1	1	5.1972	19.7	0	\N	2026-11-25 14:47:38.254429+00	2026-11-25 15:11:18.254429+00	\N	handling 0 + shipment 5 + distance 0.1972 + late 0	\N	\N	\N
O-3	1	1	1	pot	Bronx	2	1	0	0	0	\N	2026-11-25 14:47:38.254429+00	2026-11-25 14:47:38.254429+00	\N	handling 0 + late 0	\N	\N	\N
O-3	1	2	1	mug	Bronx	1	1	0	0	0	\N	2026-11-25 14:47:38.254429+00	2026-11-25 14:47:38.254429+00	\N	handling 0 + late 0	\N	\N	\N
1001	2	1	1	chair	\N	2	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1001	2	2	1	table	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1002	2	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	store: not in the channel's location group	\N	\N	\N
1002	2	2	1	table	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	store: not in the channel's location group	\N	\N	\N
1004	2	10	1	chair	\N	2	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1004	2	20	1	table	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1005	2	1	1	chair	\N	4	\N	\N	\N	\N	\N	\N	\N	unfillable	store: not in the channel's location group	\N	\N	\N
1006	2	1	1	chair	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1001	3	1	1	chair	\N	2	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1001	3	2	1	table	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1002	3	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	store: not in the channel's location group	\N	\N	\N
1002	3	2	1	table	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	store: not in the channel's location group	\N	\N	\N
1004	3	10	1	chair	\N	2	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1004	3	20	1	table	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1005	3	1	1	chair	\N	4	\N	\N	\N	\N	\N	\N	\N	unfillable	store: not in the channel's location group	\N	\N	\N
1006	3	1	1	chair	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1001	4	1	1	chair	\N	2	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1001	4	2	1	table	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1002	4	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	store: not in the channel's location group	\N	\N	\N
1002	4	2	1	table	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	store: not in the channel's location group	\N	\N	\N
1004	4	10	1	chair	\N	2	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1004	4	20	1	table	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1005	4	1	1	chair	\N	4	\N	\N	\N	\N	\N	\N	\N	unfillable	store: not in the channel's location group	\N	\N	\N
1006	4	1	1	chair	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1001	5	1	1	chair	store	2	1	26.9662	2196.6	0	\N	2026-11-25 14:47:45.399301+00	2026-11-27 10:43:42.399301+00	\N	handling 0 + shipment 5 + distance 21.9662 + late 0	\N	\N	\N
1001	5	2	1	table	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1002	5	1	1	lamp	store	1	1	26.9662	2196.6	0	\N	2026-11-25 14:47:45.399301+00	2026-11-27 10:43:42.399301+00	\N	handling 0 + shipment 5 + distance 21.9662 + late 0	\N	\N	\N
1002	5	2	1	table	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1004	5	10	1	chair	\N	2	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1004	5	20	1	table	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1005	5	1	1	chair	\N	4	\N	\N	\N	\N	\N	\N	\N	unfillable	store: not in the channel's location group	\N	\N	\N
1006	5	1	1	chair	store	1	1	5	\N	0	\N	2026-11-25 14:47:45.399301+00	2026-11-25 14:47:45.399301+00	\N	handling 0 + shipment 5 + distance 0.0000 + late 0	\N	\N	\N
A	5	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	store: capacity: taken by order 1001 and others	\N	\N	\N
B	5	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	store: capacity: taken by order 1001 and others	\N	\N	\N
C	5	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	store: capacity: taken by order 1001 and others	\N	\N	\N
D	5	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	store: capacity: taken by order 1001 and others	\N	\N	\N
E	5	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	store: capacity: taken by order 1001 and others	\N	\N	\N
E-1	5	1	1	mug	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	North: not in the channel's location group	\N	\N	\N
D	6	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	store: capacity: none	\N	\N	\N
E	6	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	store: capacity: none	\N	\N	\N
1001	7	1	1	chair	store	2	1	1081.8862	2196.6	237357	\N	2030-01-08 18:00:00+00	2030-01-10 13:55:57+00	\N	handling 0 + shipment 5 + distance 21.9662 + late 1054.92	\N	\N	\N
1001	7	2	1	table	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1002	7	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	store: capacity: taken by order 1001 and others	\N	\N	\N
1002	7	2	1	table	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	store: capacity: taken by order 1001 and others	\N	\N	\N
1004	7	10	1	chair	\N	2	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1004	7	20	1	table	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1005	7	1	1	chair	\N	4	\N	\N	\N	\N	\N	\N	\N	unfillable	store: not in the channel's location group	\N	\N	\N
1006	7	1	1	chair	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	store: capacity: taken by order 1001 and others	\N	\N	\N
C	7	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	store: capacity: taken by order 1001 and others	\N	\N	\N
E-1	7	1	1	mug	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	North: not in the channel's location group	\N	\N	\N
F	7	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	store: capacity: taken by order 1001 and others	\N	\N	\N
G	7	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	store: capacity: taken by order 1001 and others	\N	\N	\N
H	7	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	store: capacity: taken by order 1001 and others	\N	\N	\N
G	8	1	1	lamp	store	1	1	5	0	0	\N	2030-01-09 18:00:00+00	2030-01-09 18:00:00+00	\N	handling 0 + shipment 5 + distance 0.0000 + late 0	\N	\N	\N
H	8	1	1	lamp	store	1	1	5	0	0	\N	2030-01-09 18:00:00+00	2030-01-09 18:00:00+00	\N	handling 0 + shipment 5 + distance 0.0000 + late 0	\N	\N	\N
1001	9	1	1	chair	store	2	1	135481.8862	2196.6	30477357	\N	2030-12-24 18:00:00+00	2030-12-26 13:55:57+00	\N	handling 0 + shipment 5 + distance 21.9662 + late 135454.92	all	1	\N
1001	9	2	1	table	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	store: no stock: 0 of sku table, line 2 needs 1	all	2	\N
1002	9	1	1	lamp	store	1	1	26.9662	2196.6	0	\N	2030-12-24 18:00:00+00	2030-12-26 13:55:57+00	\N	handling 0 + shipment 5 + distance 21.9662 + late 0	all	2	\N
1002	9	2	1	table	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	all	2	\N
1004	9	10	1	chair	\N	2	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	all	2	\N
1004	9	20	1	table	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	all	2	\N
1005	9	1	1	chair	\N	4	\N	\N	\N	\N	\N	\N	\N	unfillable	store: not in the channel's location group	all	2	\N
1006	9	1	1	chair	store	1	1	5	\N	0	\N	2030-12-24 18:00:00+00	2030-12-24 18:00:00+00	\N	handling 0 + shipment 5 + distance 0.0000 + late 0	all	2	\N
C	9	1	1	lamp	store	1	1	5	0	0	\N	2030-12-24 18:00:00+00	2030-12-24 18:00:00+00	\N	handling 0 + shipment 5 + distance 0.0000 + late 0	all	2	\N
E-1	9	1	1	mug	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	North: not in the channel's location group	all	2	\N
F	9	1	1	lamp	store	1	1	5	0	0	\N	2030-12-24 18:00:00+00	2030-12-24 18:00:00+00	\N	handling 0 + shipment 5 + distance 0.0000 + late 0	all	2	\N
G	9	1	1	lamp	store	1	1	5	0	0	\N	2030-12-24 18:00:00+00	2030-12-24 18:00:00+00	\N	handling 0 + shipment 5 + distance 0.0000 + late 0	all	2	\N
H	9	1	1	lamp	store	1	1	5	0	0	\N	2030-12-24 18:00:00+00	2030-12-24 18:00:00+00	\N	handling 0 + shipment 5 + distance 0.0000 + late 0	all	2	\N
1001	10	1	1	chair	\N	2	\N	\N	\N	\N	\N	\N	\N	unfillable	store: not in the channel's location group	\N	\N	\N
1001	10	2	1	table	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	store: not in the channel's location group	\N	\N	\N
1002	10	1	1	lamp	Lyon	1	1	6.9	6146.5	0	standard	2030-01-07 11:05:00+00	2030-01-10 11:05:00+00	\N	handling 0 + standard 6.9 + late 0: the cheapest service in time	\N	\N	\N
1002	10	2	1	table	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	store: not in the channel's location group	\N	\N	\N
1004	10	10	1	chair	\N	2	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1004	10	20	1	table	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1005	10	1	1	chair	\N	4	\N	\N	\N	\N	\N	\N	\N	unfillable	store: not in the channel's location group	\N	\N	\N
1006	10	1	1	chair	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	store: not in the channel's location group	\N	\N	\N
C	10	1	1	lamp	Lyon	1	1	6.9	7907.4	0	standard	2026-11-25 11:47:45.392218+00	2026-11-30 11:47:45.392218+00	\N	handling 0 + standard 6.9 + late 0: the cheapest service in time	\N	\N	\N
E-1	10	1	1	mug	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	North: not in the channel's location group	\N	\N	\N
F	10	1	1	lamp	Lyon	1	1	6.9	7907.4	0	standard	2026-11-25 11:47:45.634796+00	2026-11-30 11:47:45.634796+00	\N	handling 0 + standard 6.9 + late 0: the cheapest service in time	\N	\N	\N
G	10	1	1	lamp	Lyon	1	1	6.9	7907.4	0	standard	2026-11-25 11:47:45.634796+00	2026-11-30 11:47:45.634796+00	\N	handling 0 + standard 6.9 + late 0: the cheapest service in time	\N	\N	\N
H	10	1	1	lamp	Lyon	1	1	6.9	7907.4	0	standard	2026-11-25 11:47:45.634796+00	2026-11-30 11:47:45.634796+00	\N	handling 0 + standard 6.9 + late 0: the cheapest service in time	\N	\N	\N
O-4	12	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Paris: no carrier service gets there	\N	\N	\N
early	13	1	1	mug	\N	2	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
late	13	1	1	mug	\N	4	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
urgent	13	1	1	mug	\N	3	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
1001	16	1	1	chair	\N	2	\N	\N	\N	\N	\N	\N	\N	unfillable	store: not in the channel's location group	\N	\N	\N
1001	16	2	1	table	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	store: not in the channel's location group	\N	\N	\N
1002	16	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1002	16	2	1	table	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1004	16	10	1	chair	\N	2	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1004	16	20	1	table	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1005	16	1	1	chair	\N	4	\N	\N	\N	\N	\N	\N	\N	unfillable	store: not in the channel's location group	\N	\N	\N
1006	16	1	1	chair	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	store: not in the channel's location group	\N	\N	\N
C	16	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Lyon: not in the channel's location group	\N	\N	\N
E-1	16	1	1	mug	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	North: not in the channel's location group	\N	\N	\N
F	16	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Lyon: not in the channel's location group	\N	\N	\N
G	16	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Lyon: not in the channel's location group	\N	\N	\N
H	16	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Lyon: not in the channel's location group	\N	\N	\N
O-4	16	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Paris: not in the channel's location group	\N	\N	\N
O1	16	1	1	X	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
O2	16	1	1	X	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
O3	16	1	1	X	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
early	16	1	1	mug	\N	2	\N	\N	\N	\N	\N	\N	\N	unfillable	Reno: no carrier service gets there	\N	\N	\N
late	16	1	1	mug	\N	4	\N	\N	\N	\N	\N	\N	\N	unfillable	Reno: no carrier service gets there	\N	\N	\N
urgent	16	1	1	mug	\N	3	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
O4	17	1	1	Y	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
O4	18	1	1	Y	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
O5	18	1	1	Y	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
O4	19	1	1	Y	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
O5	19	1	1	Y	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
1001	20	1	1	chair	\N	2	\N	\N	\N	\N	\N	\N	\N	unfillable	store: not in the channel's location group	\N	\N	\N
1001	20	2	1	table	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	store: not in the channel's location group	\N	\N	\N
1002	20	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1002	20	2	1	table	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1004	20	10	1	chair	\N	2	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1004	20	20	1	table	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1005	20	1	1	chair	\N	4	\N	\N	\N	\N	\N	\N	\N	unfillable	store: not in the channel's location group	\N	\N	\N
1006	20	1	1	chair	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	store: not in the channel's location group	\N	\N	\N
C	20	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Lyon: not in the channel's location group	\N	\N	\N
C1	20	1	1	cap	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
C2	20	1	1	cap	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
E-1	20	1	1	mug	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	North: not in the channel's location group	\N	\N	\N
F	20	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Lyon: not in the channel's location group	\N	\N	\N
G	20	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Lyon: not in the channel's location group	\N	\N	\N
H	20	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Lyon: not in the channel's location group	\N	\N	\N
M1	20	1	1	mug	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
M2	20	1	1	mug	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
O-4	20	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Paris: not in the channel's location group	\N	\N	\N
O1	20	1	1	X	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
O2	20	1	1	X	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
O3	20	1	1	X	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
O4	20	1	1	Y	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
O5	20	1	1	Y	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
early	20	1	1	mug	\N	2	\N	\N	\N	\N	\N	\N	\N	unfillable	Reno: no carrier service gets there	\N	\N	\N
late	20	1	1	mug	\N	4	\N	\N	\N	\N	\N	\N	\N	unfillable	Reno: no carrier service gets there	\N	\N	\N
urgent	20	1	1	mug	\N	3	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
1001	22	1	1	chair	\N	2	\N	\N	\N	\N	\N	\N	\N	unfillable	store: not in the channel's location group	\N	\N	\N
1001	22	2	1	table	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	store: not in the channel's location group	\N	\N	\N
1002	22	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1002	22	2	1	table	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1004	22	10	1	chair	\N	2	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1004	22	20	1	table	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1005	22	1	1	chair	\N	4	\N	\N	\N	\N	\N	\N	\N	unfillable	store: not in the channel's location group	\N	\N	\N
1006	22	1	1	chair	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	store: not in the channel's location group	\N	\N	\N
C	22	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Lyon: not in the channel's location group	\N	\N	\N
C1	22	1	1	cap	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
C2	22	1	1	cap	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
E-1	22	1	1	mug	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	North: not in the channel's location group	\N	\N	\N
F	22	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Lyon: not in the channel's location group	\N	\N	\N
G	22	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Lyon: not in the channel's location group	\N	\N	\N
H	22	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Lyon: not in the channel's location group	\N	\N	\N
M1	22	1	1	mug	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
M2	22	1	1	mug	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
O-4	22	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Paris: not in the channel's location group	\N	\N	\N
O1	22	1	1	X	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
O2	22	1	1	X	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
O3	22	1	1	X	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
O4	22	1	1	Y	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
O5	22	1	1	Y	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
early	22	1	1	mug	\N	2	\N	\N	\N	\N	\N	\N	\N	unfillable	Reno: no carrier service gets there	\N	\N	\N
late	22	1	1	mug	\N	4	\N	\N	\N	\N	\N	\N	\N	unfillable	Reno: no carrier service gets there	\N	\N	\N
urgent	22	1	1	mug	\N	3	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
P-1	24	1	1	vase	Bronx	2	1	0	0	0	\N	2026-11-25 18:00:00+00	2026-11-25 18:00:00+00	\N	handling 0 + late 0	\N	\N	\N
1001	25	1	1	chair	\N	2	\N	\N	\N	\N	\N	\N	\N	unfillable	store: not in the channel's location group	\N	\N	\N
1001	25	2	1	table	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	store: not in the channel's location group	\N	\N	\N
1002	25	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1002	25	2	1	table	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1004	25	10	1	chair	\N	2	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1004	25	20	1	table	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	warehouse: not in the channel's location group	\N	\N	\N
1005	25	1	1	chair	\N	4	\N	\N	\N	\N	\N	\N	\N	unfillable	store: not in the channel's location group	\N	\N	\N
1006	25	1	1	chair	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	store: not in the channel's location group	\N	\N	\N
C	25	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Lyon: not in the channel's location group	\N	\N	\N
C1	25	1	1	cap	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
C2	25	1	1	cap	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
E-1	25	1	1	mug	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	North: not in the channel's location group	\N	\N	\N
F	25	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Lyon: not in the channel's location group	\N	\N	\N
G	25	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Lyon: not in the channel's location group	\N	\N	\N
H	25	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Lyon: not in the channel's location group	\N	\N	\N
M1	25	1	1	mug	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
M2	25	1	1	mug	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
O-4	25	1	1	lamp	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Paris: not in the channel's location group	\N	\N	\N
O1	25	1	1	X	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
O2	25	1	1	X	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
O3	25	1	1	X	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
O4	25	1	1	Y	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
O5	25	1	1	Y	\N	1	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
early	25	1	1	mug	\N	2	\N	\N	\N	\N	\N	\N	\N	unfillable	Reno: no carrier service gets there	\N	\N	\N
late	25	1	1	mug	\N	4	\N	\N	\N	\N	\N	\N	\N	unfillable	Reno: no carrier service gets there	\N	\N	\N
urgent	25	1	1	mug	\N	3	\N	\N	\N	\N	\N	\N	\N	unfillable	Bronx: no carrier service gets there	\N	\N	\N
\.
COPY oms.decision_row (order_id, run_id, candidates, decided_at) FROM stdin;
O-1	1	[{"cost": 5.1972, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "serves 4 of 4 units", "reject": 0, "ship_at": "2026-11-25T14:47:38.254429+00:00", "verdict": "chosen", "handling": 0, "location": "Bronx", "shipping": 5.1972, "arrive_at": "2026-11-25T15:11:18.254429+00:00", "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no stock: 0 of sku mug, line 1 needs 3", "reject": 0, "ship_at": "2026-11-25T14:47:38.254429+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": 43.5326, "arrive_at": "2026-11-28T19:51:33.254429+00:00", "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:38.44984+00
O-2	1	[{"cost": 5.1972, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "serves 1 of 1 units", "reject": 0, "ship_at": "2026-11-25T14:47:38.254429+00:00", "verdict": "chosen", "handling": 0, "location": "Bronx", "shipping": 5.1972, "arrive_at": "2026-11-25T15:11:18.254429+00:00", "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no stock: 0 of sku mug, line 1 needs 1", "reject": 0, "ship_at": "2026-11-25T14:47:38.254429+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": 43.5326, "arrive_at": "2026-11-28T19:51:33.254429+00:00", "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:38.450153+00
O-3	1	[{"cost": 0, "held": true, "late": 0, "rule": null, "terms": "handling 0 + late 0", "reason": "serves 3 of 3 units", "reject": 0, "ship_at": "2026-11-25T14:47:38.254429+00:00", "verdict": "chosen", "handling": 0, "location": "Bronx", "shipping": 0.0000, "arrive_at": "2026-11-25T14:47:38.254429+00:00", "distance_km": 0.0, "late_seconds": 0, "carrier_service": null}, {"held": false, "rule": null, "reason": "not where the order is to be picked up", "verdict": "dropped", "location": "Reno"}]	2026-11-25 10:47:38.450163+00
1001	2	[{"cost": 5.1972, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no stock: 0 of sku chair, line 1 needs 2", "reject": 0, "ship_at": "2026-11-25T14:47:39.39984+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": 5.1972, "arrive_at": "2026-11-25T15:11:19.39984+00:00", "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no stock: 0 of sku chair, line 1 needs 2", "reject": 0, "ship_at": "2026-11-25T14:47:39.39984+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": 43.5326, "arrive_at": "2026-11-28T19:51:34.39984+00:00", "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}]	2026-11-25 10:47:39.529516+00
1002	2	[{"cost": 5.1972, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no stock: 0 of sku lamp, line 1 needs 1", "reject": 0, "ship_at": "2026-11-25T14:47:39.39984+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": 5.1972, "arrive_at": "2026-11-25T15:11:19.39984+00:00", "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no stock: 0 of sku lamp, line 1 needs 1", "reject": 0, "ship_at": "2026-11-25T14:47:39.39984+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": 43.5326, "arrive_at": "2026-11-28T19:51:34.39984+00:00", "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "store"}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}]	2026-11-25 10:47:39.537785+00
1004	2	[{"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "line 10 names another location", "reject": 0, "ship_at": "2026-11-25T14:47:39.39984+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": 5.0000, "arrive_at": "2026-11-25T14:47:39.39984+00:00", "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "line 10 names another location", "reject": 0, "ship_at": "2026-11-25T14:47:39.39984+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": 5.0000, "arrive_at": "2026-11-25T14:47:39.39984+00:00", "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}]	2026-11-25 10:47:39.537821+00
1005	2	[{"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "store"}]	2026-11-25 10:47:39.537827+00
1006	2	[{"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no stock: 0 of sku chair, line 1 needs 1", "reject": 0, "ship_at": "2026-11-25T14:47:39.39984+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": 5.0000, "arrive_at": "2026-11-25T14:47:39.39984+00:00", "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no stock: 0 of sku chair, line 1 needs 1", "reject": 0, "ship_at": "2026-11-25T14:47:39.39984+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": 5.0000, "arrive_at": "2026-11-25T14:47:39.39984+00:00", "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}]	2026-11-25 10:47:39.537837+00
1001	3	[{"cost": 5.1972, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no stock: 0 of sku chair, line 1 needs 2", "reject": 0, "ship_at": "2026-11-25T14:47:39.742163+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": 5.1972, "arrive_at": "2026-11-25T15:11:19.742163+00:00", "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}]	2026-11-25 10:47:39.904467+00
1002	3	[{"cost": 5.1972, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no stock: 0 of sku lamp, line 1 needs 1", "reject": 0, "ship_at": "2026-11-25T14:47:39.742163+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": 5.1972, "arrive_at": "2026-11-25T15:11:19.742163+00:00", "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "store"}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}]	2026-11-25 10:47:39.904571+00
1004	3	[{"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "line 10 names another location", "reject": 0, "ship_at": "2026-11-25T14:47:39.742163+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": 5.0000, "arrive_at": "2026-11-25T14:47:39.742163+00:00", "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}]	2026-11-25 10:47:39.905398+00
1005	3	[{"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "store"}]	2026-11-25 10:47:39.905404+00
1006	3	[{"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no stock: 0 of sku chair, line 1 needs 1", "reject": 0, "ship_at": "2026-11-25T14:47:39.742163+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": 5.0000, "arrive_at": "2026-11-25T14:47:39.742163+00:00", "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}]	2026-11-25 10:47:39.905411+00
1001	4	[{"cost": 5.1972, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no stock: 0 of sku chair, line 1 needs 2", "reject": 0, "ship_at": "2026-11-25T14:47:39.93989+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": 5.1972, "arrive_at": "2026-11-25T15:11:19.93989+00:00", "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}]	2026-11-25 10:47:40.036974+00
1002	4	[{"cost": 5.1972, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no stock: 0 of sku lamp, line 1 needs 1", "reject": 0, "ship_at": "2026-11-25T14:47:39.93989+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": 5.1972, "arrive_at": "2026-11-25T15:11:19.93989+00:00", "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "store"}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}]	2026-11-25 10:47:40.037007+00
1004	4	[{"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "line 10 names another location", "reject": 0, "ship_at": "2026-11-25T14:47:39.93989+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": 5.0000, "arrive_at": "2026-11-25T14:47:39.93989+00:00", "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}]	2026-11-25 10:47:40.037016+00
1005	4	[{"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "store"}]	2026-11-25 10:47:40.037022+00
1006	4	[{"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no stock: 0 of sku chair, line 1 needs 1", "reject": 0, "ship_at": "2026-11-25T14:47:39.93989+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": 5.0000, "arrive_at": "2026-11-25T14:47:39.93989+00:00", "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}]	2026-11-25 10:47:40.037028+00
1001	5	[{"cost": 26.9662, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 21.9662 + late 0", "reason": "serves 2 of 3 units", "reject": 0, "ship_at": "2026-11-25T14:47:45.399301+00:00", "verdict": "chosen", "handling": 0, "location": "store", "shipping": 26.9662, "arrive_at": "2026-11-27T10:43:42.399301+00:00", "distance_km": 2196.6, "late_seconds": 0, "carrier_service": null}, {"held": false, "rule": null, "reason": "offline", "verdict": "dropped", "location": "far"}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}]	2026-11-25 10:47:45.493349+00
1002	5	[{"cost": 26.9662, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 21.9662 + late 0", "reason": "serves 1 of 2 units", "reject": 0, "ship_at": "2026-11-25T14:47:45.399301+00:00", "verdict": "chosen", "handling": 0, "location": "store", "shipping": 26.9662, "arrive_at": "2026-11-27T10:43:42.399301+00:00", "distance_km": 2196.6, "late_seconds": 0, "carrier_service": null}, {"held": false, "rule": null, "reason": "offline", "verdict": "dropped", "location": "far"}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}]	2026-11-25 10:47:45.493455+00
1004	5	[{"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "line 10 names another location", "reject": 0, "ship_at": "2026-11-25T14:47:45.399301+00:00", "verdict": "dropped", "handling": 0, "location": "store", "shipping": 5.0000, "arrive_at": "2026-11-25T14:47:45.399301+00:00", "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"held": false, "rule": null, "reason": "offline", "verdict": "dropped", "location": "far"}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}]	2026-11-25 10:47:45.493466+00
1005	5	[{"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "store"}]	2026-11-25 10:47:45.493471+00
1006	5	[{"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "serves 1 of 1 units", "reject": 0, "ship_at": "2026-11-25T14:47:45.399301+00:00", "verdict": "chosen", "handling": 0, "location": "store", "shipping": 5.0000, "arrive_at": "2026-11-25T14:47:45.399301+00:00", "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"held": false, "rule": null, "reason": "offline", "verdict": "dropped", "location": "far"}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}]	2026-11-25 10:47:45.49348+00
A	5	[{"cost": 5, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "capacity: taken by order 1001 and others", "reject": 0, "ship_at": "2026-11-25T14:47:45.399301+00:00", "verdict": "outbid", "handling": 0, "location": "store", "shipping": 5.0000, "arrive_at": "2026-11-25T14:47:45.399301+00:00", "outbid_by": "orders", "distance_km": 0.0, "late_seconds": 0, "outbid_price": 21.966573, "carrier_service": null}, {"held": false, "rule": null, "reason": "offline", "verdict": "dropped", "location": "far"}]	2026-11-25 10:47:45.493544+00
B	5	[{"cost": 5, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "capacity: taken by order 1001 and others", "reject": 0, "ship_at": "2026-11-25T14:47:45.399301+00:00", "verdict": "outbid", "handling": 0, "location": "store", "shipping": 5.0000, "arrive_at": "2026-11-25T14:47:45.399301+00:00", "outbid_by": "orders", "distance_km": 0.0, "late_seconds": 0, "outbid_price": 21.966573, "carrier_service": null}, {"held": false, "rule": null, "reason": "offline", "verdict": "dropped", "location": "far"}]	2026-11-25 10:47:45.493552+00
C	5	[{"cost": 5, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "capacity: taken by order 1001 and others", "reject": 0, "ship_at": "2026-11-25T14:47:45.399301+00:00", "verdict": "outbid", "handling": 0, "location": "store", "shipping": 5.0000, "arrive_at": "2026-11-25T14:47:45.399301+00:00", "outbid_by": "orders", "distance_km": 0.0, "late_seconds": 0, "outbid_price": 21.966573, "carrier_service": null}, {"held": false, "rule": null, "reason": "offline", "verdict": "dropped", "location": "far"}]	2026-11-25 10:47:45.493559+00
D	5	[{"cost": 5, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "capacity: taken by order 1001 and others", "reject": 0, "ship_at": "2026-11-25T14:47:45.399301+00:00", "verdict": "outbid", "handling": 0, "location": "store", "shipping": 5.0000, "arrive_at": "2026-11-25T14:47:45.399301+00:00", "outbid_by": "orders", "distance_km": 0.0, "late_seconds": 0, "outbid_price": 21.966573, "carrier_service": null}, {"held": false, "rule": null, "reason": "offline", "verdict": "dropped", "location": "far"}]	2026-11-25 10:47:45.493567+00
E	5	[{"cost": 5, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "capacity: taken by order 1001 and others", "reject": 0, "ship_at": "2026-11-25T14:47:45.399301+00:00", "verdict": "outbid", "handling": 0, "location": "store", "shipping": 5.0000, "arrive_at": "2026-11-25T14:47:45.399301+00:00", "outbid_by": "orders", "distance_km": 0.0, "late_seconds": 0, "outbid_price": 21.966573, "carrier_service": null}, {"held": false, "rule": null, "reason": "offline", "verdict": "dropped", "location": "far"}]	2026-11-25 10:47:45.493574+00
E-1	5	[{"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no stock: 0 of sku mug, line 1 needs 1", "reject": 0, "ship_at": "2026-11-25T14:47:45.399301+00:00", "verdict": "dropped", "handling": 0, "location": "store", "shipping": 5.0000, "arrive_at": "2026-11-25T14:47:45.399301+00:00", "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "North"}, {"held": false, "rule": null, "reason": "offline", "verdict": "dropped", "location": "far"}]	2026-11-25 10:47:45.493581+00
D	6	[{"cost": 5, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "capacity: none", "reject": 0, "ship_at": "2026-11-25T14:47:45.526605+00:00", "verdict": "dropped", "handling": 0, "location": "store", "shipping": 5.0000, "arrive_at": "2026-11-25T14:47:45.526605+00:00", "distance_km": 0.0, "late_seconds": 0, "carrier_service": null}, {"held": false, "rule": null, "reason": "offline", "verdict": "dropped", "location": "far"}]	2026-11-25 10:47:45.612274+00
E	6	[{"cost": 5, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "capacity: none", "reject": 0, "ship_at": "2026-11-25T14:47:45.526605+00:00", "verdict": "dropped", "handling": 0, "location": "store", "shipping": 5.0000, "arrive_at": "2026-11-25T14:47:45.526605+00:00", "distance_km": 0.0, "late_seconds": 0, "carrier_service": null}, {"held": false, "rule": null, "reason": "offline", "verdict": "dropped", "location": "far"}]	2026-11-25 10:47:45.6123+00
1001	7	[{"cost": 1081.8862, "held": true, "late": 1054.92, "rule": null, "terms": "handling 0 + shipment 5 + distance 21.9662 + late 1054.92", "reason": "serves 2 of 3 units", "reject": 0, "ship_at": "2030-01-08T18:00:00+00:00", "verdict": "chosen", "handling": 0, "location": "store", "shipping": 26.9662, "arrive_at": "2030-01-10T13:55:57+00:00", "distance_km": 2196.6, "late_seconds": 237357, "carrier_service": null}, {"held": false, "rule": null, "reason": "offline", "verdict": "dropped", "location": "far"}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}]	2026-11-25 10:47:45.737085+00
1002	7	[{"cost": 26.9662, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 21.9662 + late 0", "reason": "capacity: taken by order 1001 and others", "reject": 0, "ship_at": "2030-01-08T18:00:00+00:00", "verdict": "outbid", "handling": 0, "location": "store", "shipping": 26.9662, "arrive_at": "2030-01-10T13:55:57+00:00", "outbid_by": "minutes", "distance_km": 2196.6, "late_seconds": 0, "outbid_price": 86.15088, "carrier_service": null}, {"held": false, "rule": null, "reason": "offline", "verdict": "dropped", "location": "far"}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}]	2026-11-25 10:47:45.737116+00
1004	7	[{"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "line 10 names another location", "reject": 0, "ship_at": "2030-01-08T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "store", "shipping": 5.0000, "arrive_at": "2030-01-08T18:00:00+00:00", "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"held": false, "rule": null, "reason": "offline", "verdict": "dropped", "location": "far"}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}]	2026-11-25 10:47:45.737127+00
1005	7	[{"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "store"}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}]	2026-11-25 10:47:45.737192+00
1006	7	[{"cost": 5, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "capacity: taken by order 1001 and others", "reject": 0, "ship_at": "2030-01-08T18:00:00+00:00", "verdict": "outbid", "handling": 0, "location": "store", "shipping": 5.0000, "arrive_at": "2030-01-08T18:00:00+00:00", "outbid_by": "minutes", "distance_km": null, "late_seconds": 0, "outbid_price": 86.15088, "carrier_service": null}, {"held": false, "rule": null, "reason": "offline", "verdict": "dropped", "location": "far"}]	2026-11-25 10:47:45.7372+00
C	7	[{"cost": 5, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "capacity: taken by order 1001 and others", "reject": 0, "ship_at": "2030-01-08T18:00:00+00:00", "verdict": "outbid", "handling": 0, "location": "store", "shipping": 5.0000, "arrive_at": "2030-01-08T18:00:00+00:00", "outbid_by": "minutes", "distance_km": 0.0, "late_seconds": 0, "outbid_price": 86.15088, "carrier_service": null}, {"held": false, "rule": null, "reason": "offline", "verdict": "dropped", "location": "far"}]	2026-11-25 10:47:45.737208+00
E-1	7	[{"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no stock: 0 of sku mug, line 1 needs 1", "reject": 0, "ship_at": "2030-01-08T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "store", "shipping": 5.0000, "arrive_at": "2030-01-08T18:00:00+00:00", "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "North"}, {"held": false, "rule": null, "reason": "offline", "verdict": "dropped", "location": "far"}]	2026-11-25 10:47:45.737217+00
F	7	[{"cost": 5, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "capacity: taken by order 1001 and others", "reject": 0, "ship_at": "2030-01-08T18:00:00+00:00", "verdict": "outbid", "handling": 0, "location": "store", "shipping": 5.0000, "arrive_at": "2030-01-08T18:00:00+00:00", "outbid_by": "minutes", "distance_km": 0.0, "late_seconds": 0, "outbid_price": 86.15088, "carrier_service": null}, {"held": false, "rule": null, "reason": "offline", "verdict": "dropped", "location": "far"}]	2026-11-25 10:47:45.737225+00
G	7	[{"cost": 5, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "capacity: taken by order 1001 and others", "reject": 0, "ship_at": "2030-01-08T18:00:00+00:00", "verdict": "outbid", "handling": 0, "location": "store", "shipping": 5.0000, "arrive_at": "2030-01-08T18:00:00+00:00", "outbid_by": "minutes", "distance_km": 0.0, "late_seconds": 0, "outbid_price": 86.15088, "carrier_service": null}, {"held": false, "rule": null, "reason": "offline", "verdict": "dropped", "location": "far"}]	2026-11-25 10:47:45.737232+00
H	7	[{"cost": 5, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "capacity: taken by order 1001 and others", "reject": 0, "ship_at": "2030-01-08T18:00:00+00:00", "verdict": "outbid", "handling": 0, "location": "store", "shipping": 5.0000, "arrive_at": "2030-01-08T18:00:00+00:00", "outbid_by": "minutes", "distance_km": 0.0, "late_seconds": 0, "outbid_price": 86.15088, "carrier_service": null}, {"held": false, "rule": null, "reason": "offline", "verdict": "dropped", "location": "far"}]	2026-11-25 10:47:45.737238+00
G	8	[{"cost": 5, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "serves 1 of 1 units", "reject": 0, "ship_at": "2030-01-09T18:00:00+00:00", "verdict": "chosen", "handling": 0, "location": "store", "shipping": 5.0000, "arrive_at": "2030-01-09T18:00:00+00:00", "distance_km": 0.0, "late_seconds": 0, "carrier_service": null}, {"held": false, "rule": null, "reason": "offline", "verdict": "dropped", "location": "far"}]	2026-11-25 10:47:45.845404+00
H	8	[{"cost": 5, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "serves 1 of 1 units", "reject": 0, "ship_at": "2030-01-09T18:00:00+00:00", "verdict": "chosen", "handling": 0, "location": "store", "shipping": 5.0000, "arrive_at": "2030-01-09T18:00:00+00:00", "distance_km": 0.0, "late_seconds": 0, "carrier_service": null}, {"held": false, "rule": null, "reason": "offline", "verdict": "dropped", "location": "far"}]	2026-11-25 10:47:45.845435+00
1001	9	[{"cost": 135481.8862, "held": true, "late": 135454.92, "rule": 2, "terms": "handling 0 + shipment 5 + distance 21.9662 + late 135454.92", "reason": "no stock: 0 of sku table, line 2 needs 1", "reject": 0, "ship_at": "2030-12-24T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "store", "shipping": 26.9662, "arrive_at": "2030-12-26T13:55:57+00:00", "distance_km": 2196.6, "late_seconds": 30477357, "carrier_service": null}, {"held": false, "rule": 2, "reason": "offline", "verdict": "dropped", "location": "far"}, {"held": true, "rule": 2, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}, {"cost": 135481.8862, "held": true, "late": 135454.92, "rule": 1, "terms": "handling 0 + shipment 5 + distance 21.9662 + late 135454.92", "reason": "serves 2 of 3 units", "reject": 0, "ship_at": "2030-12-24T18:00:00+00:00", "verdict": "chosen", "handling": 0, "location": "store", "shipping": 26.9662, "arrive_at": "2030-12-26T13:55:57+00:00", "distance_km": 2196.6, "late_seconds": 30477357, "carrier_service": null}]	2026-11-25 10:47:46.067427+00
1002	9	[{"cost": 26.9662, "held": true, "late": 0, "rule": 2, "terms": "handling 0 + shipment 5 + distance 21.9662 + late 0", "reason": "serves 1 of 2 units", "reject": 0, "ship_at": "2030-12-24T18:00:00+00:00", "verdict": "chosen", "handling": 0, "location": "store", "shipping": 26.9662, "arrive_at": "2030-12-26T13:55:57+00:00", "distance_km": 2196.6, "late_seconds": 0, "carrier_service": null}, {"held": false, "rule": 2, "reason": "offline", "verdict": "dropped", "location": "far"}, {"held": true, "rule": 2, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}]	2026-11-25 10:47:46.067472+00
1004	9	[{"cost": 31325, "held": false, "late": 31320, "rule": 2, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 31320", "reason": "line 10 names another location", "reject": 0, "ship_at": "2030-12-24T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "store", "shipping": 5.0000, "arrive_at": "2030-12-24T18:00:00+00:00", "distance_km": null, "late_seconds": 28188000, "carrier_service": null}, {"held": false, "rule": 2, "reason": "offline", "verdict": "dropped", "location": "far"}, {"held": true, "rule": 2, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}]	2026-11-25 10:47:46.067557+00
1005	9	[{"held": true, "rule": 2, "reason": "not in the channel's location group", "verdict": "dropped", "location": "store"}, {"held": true, "rule": 2, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}]	2026-11-25 10:47:46.067565+00
1006	9	[{"cost": 5, "held": true, "late": 0, "rule": 2, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "serves 1 of 1 units", "reject": 0, "ship_at": "2030-12-24T18:00:00+00:00", "verdict": "chosen", "handling": 0, "location": "store", "shipping": 5.0000, "arrive_at": "2030-12-24T18:00:00+00:00", "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"held": false, "rule": 2, "reason": "offline", "verdict": "dropped", "location": "far"}]	2026-11-25 10:47:46.067574+00
C	9	[{"cost": 5, "held": true, "late": 0, "rule": 2, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "serves 1 of 1 units", "reject": 0, "ship_at": "2030-12-24T18:00:00+00:00", "verdict": "chosen", "handling": 0, "location": "store", "shipping": 5.0000, "arrive_at": "2030-12-24T18:00:00+00:00", "distance_km": 0.0, "late_seconds": 0, "carrier_service": null}, {"held": false, "rule": 2, "reason": "offline", "verdict": "dropped", "location": "far"}]	2026-11-25 10:47:46.067582+00
E-1	9	[{"cost": 5, "held": false, "late": 0, "rule": 2, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no stock: 0 of sku mug, line 1 needs 1", "reject": 0, "ship_at": "2030-12-24T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "store", "shipping": 5.0000, "arrive_at": "2030-12-24T18:00:00+00:00", "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": 2, "reason": "not in the channel's location group", "verdict": "dropped", "location": "North"}, {"held": false, "rule": 2, "reason": "offline", "verdict": "dropped", "location": "far"}]	2026-11-25 10:47:46.067592+00
F	9	[{"cost": 5, "held": true, "late": 0, "rule": 2, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "serves 1 of 1 units", "reject": 0, "ship_at": "2030-12-24T18:00:00+00:00", "verdict": "chosen", "handling": 0, "location": "store", "shipping": 5.0000, "arrive_at": "2030-12-24T18:00:00+00:00", "distance_km": 0.0, "late_seconds": 0, "carrier_service": null}, {"held": false, "rule": 2, "reason": "offline", "verdict": "dropped", "location": "far"}]	2026-11-25 10:47:46.067604+00
G	9	[{"cost": 5, "held": true, "late": 0, "rule": 2, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "serves 1 of 1 units", "reject": 0, "ship_at": "2030-12-24T18:00:00+00:00", "verdict": "chosen", "handling": 0, "location": "store", "shipping": 5.0000, "arrive_at": "2030-12-24T18:00:00+00:00", "distance_km": 0.0, "late_seconds": 0, "carrier_service": null}, {"held": false, "rule": 2, "reason": "offline", "verdict": "dropped", "location": "far"}]	2026-11-25 10:47:46.067612+00
H	9	[{"cost": 5, "held": true, "late": 0, "rule": 2, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "serves 1 of 1 units", "reject": 0, "ship_at": "2030-12-24T18:00:00+00:00", "verdict": "chosen", "handling": 0, "location": "store", "shipping": 5.0000, "arrive_at": "2030-12-24T18:00:00+00:00", "distance_km": 0.0, "late_seconds": 0, "carrier_service": null}, {"held": false, "rule": 2, "reason": "offline", "verdict": "dropped", "location": "far"}]	2026-11-25 10:47:46.067619+00
1001	10	[{"cost": 264, "held": false, "late": 240, "rule": null, "terms": "handling 0 + express 24 + late 240: the fastest service, none is in time", "reason": "no stock: 0 of sku chair, line 1 needs 2", "reject": 0, "ship_at": "2030-01-07T11:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Lyon", "shipping": 24.0000, "arrive_at": "2030-01-08T11:00:00+00:00", "distance_km": 6146.5, "late_seconds": 54000, "carrier_service": "express"}, {"cost": 360, "held": false, "late": 336, "rule": null, "terms": "handling 0 + express 24 + late 336: the fastest service, none is in time", "reason": "no stock: 0 of sku chair, line 1 needs 2", "reject": 0, "ship_at": "2030-01-07T17:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Paris", "shipping": 24.0000, "arrive_at": "2030-01-08T17:00:00+00:00", "distance_km": 5837.7, "late_seconds": 75600, "carrier_service": "express"}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "store"}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}]	2026-11-25 10:47:46.450752+00
late	16	[{"cost": 5.1972, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:47.969147+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:47.969147+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:48.057363+00
1002	10	[{"cost": 6.9, "held": false, "late": 0, "rule": null, "terms": "handling 0 + standard 6.9 + late 0: the cheapest service in time", "reason": "serves 1 of 2 units", "reject": 0, "ship_at": "2030-01-07T11:05:00+00:00", "verdict": "chosen", "handling": 0, "location": "Lyon", "shipping": 6.9000, "arrive_at": "2030-01-10T11:05:00+00:00", "distance_km": 6146.5, "late_seconds": 0, "carrier_service": "standard"}, {"cost": 6.9, "held": false, "late": 0, "rule": null, "terms": "handling 0 + standard 6.9 + late 0: the cheapest service in time", "reason": "could serve 1 of 2 units; no stock: 0 of sku table, line 2 needs 1", "reject": 0, "ship_at": "2030-01-07T17:00:00+00:00", "verdict": "runner-up", "handling": 0, "location": "Paris", "shipping": 6.9000, "arrive_at": "2030-01-10T17:00:00+00:00", "distance_km": 5837.7, "late_seconds": 0, "carrier_service": "standard"}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "store"}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}]	2026-11-25 10:47:46.450874+00
1004	10	[{"cost": 5.9, "held": false, "late": 0, "rule": null, "terms": "handling 0 + standard 5.9 + late 0: the cheapest service in time", "reason": "line 10 names another location", "reject": 0, "ship_at": "2030-01-07T11:15:00+00:00", "verdict": "dropped", "handling": 0, "location": "Lyon", "shipping": 5.9000, "arrive_at": "2030-01-08T11:15:00+00:00", "distance_km": null, "late_seconds": 0, "carrier_service": "standard"}, {"cost": 5.9, "held": false, "late": 0, "rule": null, "terms": "handling 0 + standard 5.9 + late 0: the cheapest service in time", "reason": "line 10 names another location", "reject": 0, "ship_at": "2030-01-07T17:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Paris", "shipping": 5.9000, "arrive_at": "2030-01-08T17:00:00+00:00", "distance_km": null, "late_seconds": 0, "carrier_service": "standard"}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}]	2026-11-25 10:47:46.450923+00
1005	10	[{"held": false, "rule": null, "reason": "not where the order is to be picked up", "verdict": "dropped", "location": "Lyon"}, {"held": false, "rule": null, "reason": "not where the order is to be picked up", "verdict": "dropped", "location": "Paris"}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "store"}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}]	2026-11-25 10:47:46.450933+00
1006	10	[{"cost": 5.9, "held": false, "late": 0, "rule": null, "terms": "handling 0 + standard 5.9 + late 0: the cheapest service in time", "reason": "no stock: 0 of sku chair, line 1 needs 1", "reject": 0, "ship_at": "2026-11-25T11:47:38.814876+00:00", "verdict": "dropped", "handling": 0, "location": "Lyon", "shipping": 5.9000, "arrive_at": "2026-11-26T11:47:38.814876+00:00", "distance_km": null, "late_seconds": 0, "carrier_service": "standard"}, {"cost": 5.9, "held": false, "late": 0, "rule": null, "terms": "handling 0 + standard 5.9 + late 0: the cheapest service in time", "reason": "no stock: 0 of sku chair, line 1 needs 1", "reject": 0, "ship_at": "2026-11-25T17:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Paris", "shipping": 5.9000, "arrive_at": "2026-11-26T17:00:00+00:00", "distance_km": null, "late_seconds": 0, "carrier_service": "standard"}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "store"}]	2026-11-25 10:47:46.450944+00
C	10	[{"cost": 6.9, "held": false, "late": 0, "rule": null, "terms": "handling 0 + standard 6.9 + late 0: the cheapest service in time", "reason": "serves 1 of 1 units", "reject": 0, "ship_at": "2026-11-25T11:47:45.392218+00:00", "verdict": "chosen", "handling": 0, "location": "Lyon", "shipping": 6.9000, "arrive_at": "2026-11-30T11:47:45.392218+00:00", "distance_km": 7907.4, "late_seconds": 0, "carrier_service": "standard"}, {"cost": 6.9, "held": false, "late": 0, "rule": null, "terms": "handling 0 + standard 6.9 + late 0: the cheapest service in time", "reason": "could serve 1 of 1 units", "reject": 0, "ship_at": "2026-11-25T17:00:00+00:00", "verdict": "runner-up", "handling": 0, "location": "Paris", "shipping": 6.9000, "arrive_at": "2026-11-30T17:00:00+00:00", "distance_km": 7550.0, "late_seconds": 0, "carrier_service": "standard"}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "store"}]	2026-11-25 10:47:46.450955+00
E-1	10	[{"cost": 5.9, "held": false, "late": 0, "rule": null, "terms": "handling 0 + standard 5.9 + late 0: the cheapest service in time", "reason": "no stock: 0 of sku mug, line 1 needs 1", "reject": 0, "ship_at": "2026-11-25T11:47:40.5344+00:00", "verdict": "dropped", "handling": 0, "location": "Lyon", "shipping": 5.9000, "arrive_at": "2026-11-26T11:47:40.5344+00:00", "distance_km": null, "late_seconds": 0, "carrier_service": "standard"}, {"cost": 5.9, "held": false, "late": 0, "rule": null, "terms": "handling 0 + standard 5.9 + late 0: the cheapest service in time", "reason": "no stock: 0 of sku mug, line 1 needs 1", "reject": 0, "ship_at": "2026-11-25T17:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Paris", "shipping": 5.9000, "arrive_at": "2026-11-26T17:00:00+00:00", "distance_km": null, "late_seconds": 0, "carrier_service": "standard"}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "North"}]	2026-11-25 10:47:46.450966+00
F	10	[{"cost": 6.9, "held": false, "late": 0, "rule": null, "terms": "handling 0 + standard 6.9 + late 0: the cheapest service in time", "reason": "serves 1 of 1 units", "reject": 0, "ship_at": "2026-11-25T11:47:45.634796+00:00", "verdict": "chosen", "handling": 0, "location": "Lyon", "shipping": 6.9000, "arrive_at": "2026-11-30T11:47:45.634796+00:00", "distance_km": 7907.4, "late_seconds": 0, "carrier_service": "standard"}, {"cost": 6.9, "held": false, "late": 0, "rule": null, "terms": "handling 0 + standard 6.9 + late 0: the cheapest service in time", "reason": "could serve 1 of 1 units", "reject": 0, "ship_at": "2026-11-25T17:00:00+00:00", "verdict": "runner-up", "handling": 0, "location": "Paris", "shipping": 6.9000, "arrive_at": "2026-11-30T17:00:00+00:00", "distance_km": 7550.0, "late_seconds": 0, "carrier_service": "standard"}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "store"}]	2026-11-25 10:47:46.450977+00
G	10	[{"cost": 6.9, "held": false, "late": 0, "rule": null, "terms": "handling 0 + standard 6.9 + late 0: the cheapest service in time", "reason": "serves 1 of 1 units", "reject": 0, "ship_at": "2026-11-25T11:47:45.634796+00:00", "verdict": "chosen", "handling": 0, "location": "Lyon", "shipping": 6.9000, "arrive_at": "2026-11-30T11:47:45.634796+00:00", "distance_km": 7907.4, "late_seconds": 0, "carrier_service": "standard"}, {"cost": 6.9, "held": false, "late": 0, "rule": null, "terms": "handling 0 + standard 6.9 + late 0: the cheapest service in time", "reason": "could serve 1 of 1 units", "reject": 0, "ship_at": "2026-11-25T17:00:00+00:00", "verdict": "runner-up", "handling": 0, "location": "Paris", "shipping": 6.9000, "arrive_at": "2026-11-30T17:00:00+00:00", "distance_km": 7550.0, "late_seconds": 0, "carrier_service": "standard"}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "store"}]	2026-11-25 10:47:46.450987+00
H	10	[{"cost": 6.9, "held": false, "late": 0, "rule": null, "terms": "handling 0 + standard 6.9 + late 0: the cheapest service in time", "reason": "serves 1 of 1 units", "reject": 0, "ship_at": "2026-11-25T11:47:45.634796+00:00", "verdict": "chosen", "handling": 0, "location": "Lyon", "shipping": 6.9000, "arrive_at": "2026-11-30T11:47:45.634796+00:00", "distance_km": 7907.4, "late_seconds": 0, "carrier_service": "standard"}, {"cost": 6.9, "held": false, "late": 0, "rule": null, "terms": "handling 0 + standard 6.9 + late 0: the cheapest service in time", "reason": "could serve 1 of 1 units", "reject": 0, "ship_at": "2026-11-25T17:00:00+00:00", "verdict": "runner-up", "handling": 0, "location": "Paris", "shipping": 6.9000, "arrive_at": "2026-11-30T17:00:00+00:00", "distance_km": 7550.0, "late_seconds": 0, "carrier_service": "standard"}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "store"}]	2026-11-25 10:47:46.451012+00
O-4	12	[{"cost": 7.981, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 2.9810 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T11:47:46.538082+00:00", "verdict": "dropped", "handling": 0, "location": "Lyon", "shipping": null, "arrive_at": null, "distance_km": 298.1, "late_seconds": 0, "carrier_service": null}, {"cost": 11.8511, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 6.8511 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T17:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Paris", "shipping": null, "arrive_at": null, "distance_km": 685.1, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:46.614503+00
early	13	[{"cost": 5.1972, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:46.827225+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:46.827225+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:46.942528+00
late	13	[{"cost": 5.1972, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:46.827225+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:46.827225+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:46.942641+00
urgent	13	[{"cost": 5, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:46.827225+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:46.827225+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": null, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:46.942652+00
urgent	16	[{"cost": 5, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:47.969147+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:47.969147+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": null, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:48.057373+00
1005	20	[{"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "store"}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}]	2026-11-25 10:47:48.61949+00
1001	16	[{"cost": 5.1972, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:47.969147+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:47.969147+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "store"}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}]	2026-11-25 10:47:48.057092+00
1002	16	[{"cost": 5.1972, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:47.969147+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:47.969147+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "Lyon"}]	2026-11-25 10:47:48.057206+00
1004	16	[{"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:47.969147+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:47.969147+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}]	2026-11-25 10:47:48.05722+00
1005	16	[{"cost": 21.9087, "held": false, "late": 21.9087, "rule": null, "terms": "handling 0 + late 21.9087", "reason": "no stock: 0 of sku chair, line 1 needs 4", "reject": 0, "ship_at": "2026-11-25T14:47:47.969147+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": 0.0000, "arrive_at": "2026-11-25T14:47:47.969147+00:00", "distance_km": 1690.9, "late_seconds": 0, "carrier_service": null}, {"cost": 27.0616, "held": false, "late": 27.0616, "rule": null, "terms": "handling 0 + late 27.0616", "reason": "no stock: 0 of sku chair, line 1 needs 4", "reject": 0, "ship_at": "2026-11-25T14:47:47.969147+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": 0.0000, "arrive_at": "2026-11-25T14:47:47.969147+00:00", "distance_km": 2206.2, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "store"}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}]	2026-11-25 10:47:48.057233+00
1006	16	[{"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:47.969147+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:47.969147+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "store"}]	2026-11-25 10:47:48.057243+00
C	16	[{"cost": 21.9087, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 16.9087 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:47.969147+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 1690.9, "late_seconds": 0, "carrier_service": null}, {"cost": 27.0616, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 22.0616 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:47.969147+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 2206.2, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "Lyon"}]	2026-11-25 10:47:48.057254+00
E-1	16	[{"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:47.969147+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:47.969147+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "North"}]	2026-11-25 10:47:48.057263+00
F	16	[{"cost": 21.9087, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 16.9087 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:47.969147+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 1690.9, "late_seconds": 0, "carrier_service": null}, {"cost": 27.0616, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 22.0616 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:47.969147+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 2206.2, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "Lyon"}]	2026-11-25 10:47:48.057273+00
G	16	[{"cost": 21.9087, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 16.9087 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:47.969147+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 1690.9, "late_seconds": 0, "carrier_service": null}, {"cost": 27.0616, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 22.0616 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:47.969147+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 2206.2, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "Lyon"}]	2026-11-25 10:47:48.057301+00
H	16	[{"cost": 21.9087, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 16.9087 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:47.969147+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 1690.9, "late_seconds": 0, "carrier_service": null}, {"cost": 27.0616, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 22.0616 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:47.969147+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 2206.2, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "Lyon"}]	2026-11-25 10:47:48.057311+00
O-4	16	[{"cost": 69.0145, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 64.0145 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:47.969147+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 6401.4, "late_seconds": 0, "carrier_service": null}, {"cost": 98.4572, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 93.4572 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:47.969147+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 9345.7, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "Paris"}]	2026-11-25 10:47:48.057321+00
O1	16	[{"cost": 5.1972, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:47.969147+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:47.969147+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:48.05733+00
O2	16	[{"cost": 5.1972, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:47.969147+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:47.969147+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:48.057338+00
O3	16	[{"cost": 5.1972, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:47.969147+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:47.969147+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:48.057347+00
early	16	[{"cost": 5.1972, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:47.969147+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:47.969147+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:48.057355+00
O4	17	[{"cost": 5.1972, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.086061+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.086061+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:48.135786+00
O4	18	[{"cost": 5.1972, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.15745+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.15745+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:48.196912+00
O5	18	[{"cost": 5.1972, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.15745+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.15745+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:48.196937+00
O4	19	[{"cost": 5.1972, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.203876+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.203876+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:48.274945+00
O5	19	[{"cost": 5.1972, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.203876+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.203876+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:48.274977+00
1001	20	[{"cost": 5.1972, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "store"}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}]	2026-11-25 10:47:48.61935+00
1002	20	[{"cost": 5.1972, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "Lyon"}]	2026-11-25 10:47:48.619469+00
1004	20	[{"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}]	2026-11-25 10:47:48.619483+00
1006	20	[{"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "store"}]	2026-11-25 10:47:48.619502+00
C	20	[{"cost": 21.9087, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 16.9087 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 1690.9, "late_seconds": 0, "carrier_service": null}, {"cost": 27.0616, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 22.0616 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 2206.2, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "Lyon"}]	2026-11-25 10:47:48.619551+00
C1	20	[{"cost": 5.1972, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:48.61956+00
C2	20	[{"cost": 5.1972, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:48.619569+00
E-1	20	[{"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "North"}]	2026-11-25 10:47:48.619578+00
F	20	[{"cost": 21.9087, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 16.9087 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 1690.9, "late_seconds": 0, "carrier_service": null}, {"cost": 27.0616, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 22.0616 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 2206.2, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "Lyon"}]	2026-11-25 10:47:48.619588+00
G	20	[{"cost": 21.9087, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 16.9087 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 1690.9, "late_seconds": 0, "carrier_service": null}, {"cost": 27.0616, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 22.0616 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 2206.2, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "Lyon"}]	2026-11-25 10:47:48.619599+00
H	20	[{"cost": 21.9087, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 16.9087 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 1690.9, "late_seconds": 0, "carrier_service": null}, {"cost": 27.0616, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 22.0616 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 2206.2, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "Lyon"}]	2026-11-25 10:47:48.619608+00
M1	20	[{"cost": 5.1972, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:48.619617+00
M2	20	[{"cost": 5.1972, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:48.61964+00
O-4	20	[{"cost": 69.0145, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 64.0145 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 6401.4, "late_seconds": 0, "carrier_service": null}, {"cost": 98.4572, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 93.4572 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 9345.7, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "Paris"}]	2026-11-25 10:47:48.61965+00
O1	20	[{"cost": 5.1972, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:48.619658+00
O2	20	[{"cost": 5.1972, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:48.619667+00
O3	20	[{"cost": 5.1972, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:48.619675+00
O4	20	[{"cost": 5.1972, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:48.619683+00
O5	20	[{"cost": 5.1972, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:48.619691+00
early	20	[{"cost": 5.1972, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:48.6197+00
late	20	[{"cost": 5.1972, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:48.619723+00
urgent	20	[{"cost": 5, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:48.514885+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": null, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:48.61973+00
1001	22	[{"cost": 5.1757, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1757 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Queens", "shipping": null, "arrive_at": null, "distance_km": 17.6, "late_seconds": 0, "carrier_service": null}, {"cost": 5.1972, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:49.214378+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "store"}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}]	2026-11-25 10:47:49.386509+00
1002	22	[{"cost": 5.1757, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1757 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Queens", "shipping": null, "arrive_at": null, "distance_km": 17.6, "late_seconds": 0, "carrier_service": null}, {"cost": 5.1972, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:49.214378+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "Lyon"}]	2026-11-25 10:47:49.386697+00
P-1	24	[{"cost": 0, "held": true, "late": 0, "rule": null, "terms": "handling 0 + late 0", "reason": "serves 2 of 2 units", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "chosen", "handling": 0, "location": "Bronx", "shipping": 0.0000, "arrive_at": "2026-11-25T18:00:00+00:00", "distance_km": 0.0, "late_seconds": 0, "carrier_service": null}, {"held": false, "rule": null, "reason": "not where the order is to be picked up", "verdict": "dropped", "location": "Queens"}, {"held": false, "rule": null, "reason": "not where the order is to be picked up", "verdict": "dropped", "location": "Reno"}]	2026-11-25 10:47:49.625942+00
1004	22	[{"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Queens", "shipping": null, "arrive_at": null, "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:49.214378+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}]	2026-11-25 10:47:49.386715+00
1005	22	[{"cost": 21.9087, "held": false, "late": 21.9087, "rule": null, "terms": "handling 0 + late 21.9087", "reason": "no stock: 0 of sku chair, line 1 needs 4", "reject": 0, "ship_at": "2026-11-25T14:47:49.214378+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": 0.0000, "arrive_at": "2026-11-25T14:47:49.214378+00:00", "distance_km": 1690.9, "late_seconds": 0, "carrier_service": null}, {"cost": 27.0616, "held": false, "late": 27.0616, "rule": null, "terms": "handling 0 + late 27.0616", "reason": "no stock: 0 of sku chair, line 1 needs 4", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": 0.0000, "arrive_at": "2026-11-25T18:00:00+00:00", "distance_km": 2206.2, "late_seconds": 0, "carrier_service": null}, {"cost": 27.1344, "held": false, "late": 27.1344, "rule": null, "terms": "handling 0 + late 27.1344", "reason": "no stock: 0 of sku chair, line 1 needs 4", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Queens", "shipping": 0.0000, "arrive_at": "2026-11-25T18:00:00+00:00", "distance_km": 2213.4, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "store"}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}]	2026-11-25 10:47:49.386773+00
1006	22	[{"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Queens", "shipping": null, "arrive_at": null, "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:49.214378+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "store"}]	2026-11-25 10:47:49.386787+00
C	22	[{"cost": 21.9087, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 16.9087 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:49.214378+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 1690.9, "late_seconds": 0, "carrier_service": null}, {"cost": 27.0616, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 22.0616 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 2206.2, "late_seconds": 0, "carrier_service": null}, {"cost": 27.1344, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 22.1344 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Queens", "shipping": null, "arrive_at": null, "distance_km": 2213.4, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "Lyon"}]	2026-11-25 10:47:49.386801+00
C1	22	[{"cost": 5.1757, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1757 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Queens", "shipping": null, "arrive_at": null, "distance_km": 17.6, "late_seconds": 0, "carrier_service": null}, {"cost": 5.1972, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:49.214378+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:49.386813+00
C2	22	[{"cost": 5.1757, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1757 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Queens", "shipping": null, "arrive_at": null, "distance_km": 17.6, "late_seconds": 0, "carrier_service": null}, {"cost": 5.1972, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:49.214378+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:49.386824+00
E-1	22	[{"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Queens", "shipping": null, "arrive_at": null, "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:49.214378+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "North"}]	2026-11-25 10:47:49.386853+00
F	22	[{"cost": 21.9087, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 16.9087 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:49.214378+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 1690.9, "late_seconds": 0, "carrier_service": null}, {"cost": 27.0616, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 22.0616 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 2206.2, "late_seconds": 0, "carrier_service": null}, {"cost": 27.1344, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 22.1344 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Queens", "shipping": null, "arrive_at": null, "distance_km": 2213.4, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "Lyon"}]	2026-11-25 10:47:49.386866+00
G	22	[{"cost": 21.9087, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 16.9087 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:49.214378+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 1690.9, "late_seconds": 0, "carrier_service": null}, {"cost": 27.0616, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 22.0616 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 2206.2, "late_seconds": 0, "carrier_service": null}, {"cost": 27.1344, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 22.1344 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Queens", "shipping": null, "arrive_at": null, "distance_km": 2213.4, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "Lyon"}]	2026-11-25 10:47:49.386878+00
H	22	[{"cost": 21.9087, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 16.9087 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:49.214378+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 1690.9, "late_seconds": 0, "carrier_service": null}, {"cost": 27.0616, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 22.0616 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 2206.2, "late_seconds": 0, "carrier_service": null}, {"cost": 27.1344, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 22.1344 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Queens", "shipping": null, "arrive_at": null, "distance_km": 2213.4, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "Lyon"}]	2026-11-25 10:47:49.386891+00
O3	25	[{"cost": 5.1972, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:50.199599+00
M1	22	[{"cost": 5.1757, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1757 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Queens", "shipping": null, "arrive_at": null, "distance_km": 17.6, "late_seconds": 0, "carrier_service": null}, {"cost": 5.1972, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:49.214378+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:49.386902+00
M2	22	[{"cost": 5.1757, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1757 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Queens", "shipping": null, "arrive_at": null, "distance_km": 17.6, "late_seconds": 0, "carrier_service": null}, {"cost": 5.1972, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:49.214378+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:49.386928+00
O-4	22	[{"cost": 69.0145, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 64.0145 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 6401.4, "late_seconds": 0, "carrier_service": null}, {"cost": 69.0338, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 64.0338 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Queens", "shipping": null, "arrive_at": null, "distance_km": 6403.4, "late_seconds": 0, "carrier_service": null}, {"cost": 98.4572, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 93.4572 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:49.214378+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 9345.7, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "Paris"}]	2026-11-25 10:47:49.386941+00
O1	22	[{"cost": 5.1757, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1757 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Queens", "shipping": null, "arrive_at": null, "distance_km": 17.6, "late_seconds": 0, "carrier_service": null}, {"cost": 5.1972, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:49.214378+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:49.386953+00
O2	22	[{"cost": 5.1757, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1757 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Queens", "shipping": null, "arrive_at": null, "distance_km": 17.6, "late_seconds": 0, "carrier_service": null}, {"cost": 5.1972, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:49.214378+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:49.386964+00
1001	25	[{"cost": 5.1972, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "store"}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}]	2026-11-25 10:47:50.199232+00
O3	22	[{"cost": 5.1757, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1757 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Queens", "shipping": null, "arrive_at": null, "distance_km": 17.6, "late_seconds": 0, "carrier_service": null}, {"cost": 5.1972, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:49.214378+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:49.386975+00
O4	22	[{"cost": 5.1757, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1757 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Queens", "shipping": null, "arrive_at": null, "distance_km": 17.6, "late_seconds": 0, "carrier_service": null}, {"cost": 5.1972, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:49.214378+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:49.387001+00
O5	22	[{"cost": 5.1757, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1757 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Queens", "shipping": null, "arrive_at": null, "distance_km": 17.6, "late_seconds": 0, "carrier_service": null}, {"cost": 5.1972, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:49.214378+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:49.387013+00
early	22	[{"cost": 5.1757, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1757 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Queens", "shipping": null, "arrive_at": null, "distance_km": 17.6, "late_seconds": 0, "carrier_service": null}, {"cost": 5.1972, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:49.214378+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:49.387023+00
late	22	[{"cost": 5.1757, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1757 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Queens", "shipping": null, "arrive_at": null, "distance_km": 17.6, "late_seconds": 0, "carrier_service": null}, {"cost": 5.1972, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:49.214378+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:49.387035+00
urgent	22	[{"cost": 5, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T18:00:00+00:00", "verdict": "dropped", "handling": 0, "location": "Queens", "shipping": null, "arrive_at": null, "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:49.214378+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": null, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:49.387045+00
1002	25	[{"cost": 5.1972, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "Lyon"}]	2026-11-25 10:47:50.199366+00
1004	25	[{"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}]	2026-11-25 10:47:50.199437+00
1005	25	[{"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "store"}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "warehouse"}]	2026-11-25 10:47:50.199448+00
1006	25	[{"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "store"}]	2026-11-25 10:47:50.199459+00
C	25	[{"cost": 21.9087, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 16.9087 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 1690.9, "late_seconds": 0, "carrier_service": null}, {"cost": 27.0616, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 22.0616 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 2206.2, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "Lyon"}]	2026-11-25 10:47:50.199469+00
C1	25	[{"cost": 5.1972, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:50.199478+00
C2	25	[{"cost": 5.1972, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:50.199487+00
E-1	25	[{"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "North"}]	2026-11-25 10:47:50.199499+00
F	25	[{"cost": 21.9087, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 16.9087 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 1690.9, "late_seconds": 0, "carrier_service": null}, {"cost": 27.0616, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 22.0616 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 2206.2, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "Lyon"}]	2026-11-25 10:47:50.199509+00
G	25	[{"cost": 21.9087, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 16.9087 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 1690.9, "late_seconds": 0, "carrier_service": null}, {"cost": 27.0616, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 22.0616 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 2206.2, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "Lyon"}]	2026-11-25 10:47:50.199532+00
H	25	[{"cost": 21.9087, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 16.9087 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 1690.9, "late_seconds": 0, "carrier_service": null}, {"cost": 27.0616, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 22.0616 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 2206.2, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "Lyon"}]	2026-11-25 10:47:50.199544+00
M1	25	[{"cost": 5.1972, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:50.199553+00
M2	25	[{"cost": 5.1972, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:50.199562+00
O-4	25	[{"cost": 69.0145, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 64.0145 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 6401.4, "late_seconds": 0, "carrier_service": null}, {"cost": 98.4572, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 93.4572 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 9345.7, "late_seconds": 0, "carrier_service": null}, {"held": true, "rule": null, "reason": "not in the channel's location group", "verdict": "dropped", "location": "Paris"}]	2026-11-25 10:47:50.199571+00
O1	25	[{"cost": 5.1972, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:50.199582+00
O2	25	[{"cost": 5.1972, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:50.199591+00
O4	25	[{"cost": 5.1972, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:50.199616+00
O5	25	[{"cost": 5.1972, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:50.19964+00
early	25	[{"cost": 5.1972, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:50.199648+00
late	25	[{"cost": 5.1972, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.1972 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": 19.7, "late_seconds": 0, "carrier_service": null}, {"cost": 43.5326, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 38.5326 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": 3853.3, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:50.199656+00
urgent	25	[{"cost": 5, "held": true, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Bronx", "shipping": null, "arrive_at": null, "distance_km": null, "late_seconds": 0, "carrier_service": null}, {"cost": 5, "held": false, "late": 0, "rule": null, "terms": "handling 0 + shipment 5 + distance 0.0000 + late 0", "reason": "no carrier service gets there", "reject": 0, "ship_at": "2026-11-25T14:47:50.092819+00:00", "verdict": "dropped", "handling": 0, "location": "Reno", "shipping": null, "arrive_at": null, "distance_km": null, "late_seconds": 0, "carrier_service": null}]	2026-11-25 10:47:50.199663+00
\.
COPY oms.feed_event_row (source, kind, event_id, content, sku, location, quantity, as_of, outcome, received_at) FROM stdin;
wms	snapshot	S-1	d6418ba2-a0c9-af3d-244a-f73bbbcfaf4a	\N	\N	\N	2026-11-24 09:00:00+00	applied	2026-11-25 10:47:40.42032+00
wms	receipt	R-1	d0f199af-bc85-fb2e-13aa-8a63b23ff2e1	mug	North	4	2026-11-24 08:00:00+00	absorbed	2026-11-25 10:47:40.456819+00
pos	sale	T-1	8943a782-1988-c0b8-971b-91cbf8fc8ef7	mug	North	2	2026-11-24 09:30:00+00	applied	2026-11-25 10:47:40.462433+00
wms	snapshot	S-1 again	d6418ba2-a0c9-af3d-244a-f73bbbcfaf4a	\N	\N	\N	2026-11-24 09:00:00+00	applied	2026-11-25 10:47:40.467892+00
wms	snapshot	S-0	1ecab7d7-df9c-1f1f-436f-f82d3e201af7	\N	\N	\N	2026-11-24 08:00:00+00	applied	2026-11-25 10:47:40.471757+00
wms	snapshot	S-2	7f938dfe-5203-28a2-fb65-01519719b355	\N	\N	\N	2026-11-24 10:00:00+00	applied	2026-11-25 10:47:40.473953+00
pos	sale	T-2	9eedec54-28c2-440e-3ab4-092332093596	cup	South	13	2026-11-25 10:47:40.501822+00	applied	2026-11-25 10:47:40.502088+00
wms	order	E-1	ca641996-85db-bb40-25c1-f2a2d30636ec	\N	\N	\N	\N	applied	2026-11-25 10:47:40.534795+00
wms	snapshot	S-3	00a6c99c-4e77-ca4e-c4aa-6945da9f8b93	\N	\N	\N	2026-11-25 10:46:40.546586+00	applied	2026-11-25 10:47:40.547082+00
\.
COPY oms.feed_exception_row (exception_id, source, kind, content, "row", reason, detail, attempts, first_at, last_at, status, resolved_by, resolved_at, note) FROM stdin;
1	pos	sale	70ff12ce-3c3b-54d2-800a-847138903a6a	{"sku": "mug", "as_of": "2026-11-24T09:30:00.000000Z", "event_id": "T-1", "location": "North", "quantity": 3}	the id was used for something else	\N	1	2026-11-25 10:47:40.467015+00	2026-11-25 10:47:40.467016+00	open	\N	\N	\N
3	wms	count	02b03a6b-7d81-3f86-0104-fb3375ab911b	{"sku": "mug", "as_of": "2026-11-25T10:37:40.478772Z", "location": "Nowhere", "quantity": 3}	unknown location	\N	1	2026-11-25 10:47:40.48076+00	2026-11-25 10:47:40.48076+00	taken	postgres	2026-11-25 10:47:40.49275+00	\N
2	wms	count	1978e3b4-5793-4a57-c0e7-de391230dc61	{"sku": "mug", "as_of": "2026-11-25T10:37:40.478772Z", "location": "North", "quantity": 900}	more units than the limit	stated 900, on hand 8, difference 892	1	2026-11-25 10:47:40.480708+00	2026-11-25 10:47:40.480708+00	taken	postgres	2026-11-25 10:47:40.498928+00	\N
4	wms	count	863d0ae6-2d34-f676-52c0-5687e36a5510	{"sku": "mug", "as_of": "2026-11-25T10:37:40.478772Z", "location": "South", "quantity": -1}	impossible quantity	\N	1	2026-11-25 10:47:40.48077+00	2026-11-25 10:47:40.48077+00	dismissed	postgres	2026-11-25 10:47:40.499292+00	a typing mistake
5	wms	order	cb506869-13ac-d4fd-fdac-028c60bb6178	{"lines": [{"sku": "mug", "quantity": 1}], "channel": "nobody", "order_id": "E-2"}	channel "nobody" is unknown	\N	1	2026-11-25 10:47:40.536029+00	2026-11-25 10:47:40.536029+00	open	\N	\N	\N
\.
COPY oms.feed_mark_row (sku, location, source, as_of) FROM stdin;
cup	South	wms	2026-11-25 10:37:40.478772+00
mug	Nowhere	wms	2026-11-25 10:37:40.478772+00
mug	North	wms	2026-11-25 10:37:40.478772+00
plate	South	wms	2026-11-25 10:46:40.546586+00
\.
COPY oms.feed_snapshot_row (location, complete, source, as_of, skus, hash) FROM stdin;
South	f	shop	2026-11-25 10:47:40.500374+00	{cup}	-9121472199534832916
North	f	wms	2026-11-25 10:46:40.546586+00	{plate,fork}	-2498710749787391814
\.
COPY oms.fulfillment_event_row (order_id, fulfillment_id, event_id, action, from_status, to_status, units, reason, actor, acted_at) FROM stdin;
O-1	1	1	accept	assigned	accepted	\N	\N	postgres	2026-11-25 10:47:38.486889+00
O-2	2	2	accept	assigned	accepted	\N	\N	postgres	2026-11-25 10:47:38.487124+00
O-3	3	3	accept	assigned	accepted	\N	\N	postgres	2026-11-25 10:47:38.494639+00
O-1	1	4	pick	accepted	picking	2	\N	postgres	2026-11-25 10:47:38.49883+00
O-2	2	5	pick	accepted	picking	1	\N	postgres	2026-11-25 10:47:38.510404+00
O-1	1	6	pick	picking	picking	2	\N	postgres	2026-11-25 10:47:38.510424+00
O-2	2	7	pack	picking	packed	1	\N	postgres	2026-11-25 10:47:38.510895+00
O-1	1	8	pack	picking	packed	4	\N	postgres	2026-11-25 10:47:38.510908+00
O-2	2	9	ship	packed	shipped	1	\N	Ann	2026-11-25 10:47:38.513166+00
O-1	1	10	ship	packed	shipped	4	\N	Ann	2026-11-25 10:47:38.51318+00
O-3	3	11	pick	accepted	picking	3	\N	postgres	2026-11-25 10:47:38.520089+00
O-3	3	12	pack	picking	packed	3	\N	postgres	2026-11-25 10:47:38.520443+00
O-3	3	13	ready	packed	ready	\N	\N	postgres	2026-11-25 10:47:38.520733+00
O-3	3	14	hand_over	ready	ready	1	\N	postgres	2026-11-25 10:47:38.529945+00
O-3	3	15	hand_over	ready	handed_over	2	\N	postgres	2026-11-25 10:47:38.531479+00
P-1	97	33	accept	assigned	accepted	\N	\N	postgres	2026-11-25 10:47:49.638801+00
P-1	97	34	pick	accepted	picking	2	\N	postgres	2026-11-25 10:47:49.642085+00
P-1	97	35	pack	picking	packed	2	\N	postgres	2026-11-25 10:47:49.642344+00
P-1	97	36	ready	packed	ready	\N	\N	postgres	2026-11-25 10:47:49.642475+00
P-1	97	37	cancel	ready	cancelled	2	no-show	postgres	2026-11-25 10:47:49.656008+00
\.
COPY oms.fulfillment_line_row (order_id, fulfillment_id, line_no, sku, quantity, picked, packed, shipped, rejected, cancelled) FROM stdin;
O-1	1	2	cup	1	1	1	1	0	0
O-2	2	1	mug	1	1	1	1	0	0
O-1	1	1	mug	3	3	3	3	0	0
O-3	3	2	mug	1	1	1	1	0	0
O-3	3	1	pot	2	2	2	2	0	0
1001	33	1	chair	2	0	0	0	0	0
1002	34	1	lamp	1	0	0	0	0	0
1006	35	1	chair	1	0	0	0	0	0
G	36	1	lamp	1	0	0	0	0	0
H	37	1	lamp	1	0	0	0	0	0
1002	38	1	lamp	1	0	0	0	0	0
1006	39	1	chair	1	0	0	0	0	0
C	40	1	lamp	1	0	0	0	0	0
F	41	1	lamp	1	0	0	0	0	0
1002	65	1	lamp	1	0	0	0	0	0
C	66	1	lamp	1	0	0	0	0	0
F	67	1	lamp	1	0	0	0	0	0
G	68	1	lamp	1	0	0	0	0	0
H	69	1	lamp	1	0	0	0	0	0
P-1	97	1	vase	2	0	0	0	0	2
\.
COPY oms.fulfillment_row (order_id, fulfillment_id, location, method, status, carrier_service, ship_at, leave_by, run_id, assigned_at, changed_at, claimed_by, claimed_until, reminded_at, escalated_at, ready_at, code_hash, wrong_codes, xid) FROM stdin;
O-2	2	Bronx	ship	shipped	\N	2026-11-25 14:47:38.254429+00	2030-01-07 11:36:20+00	1	2026-11-25 10:47:38.463962+00	2026-11-25 10:47:38.51311+00	\N	\N	\N	\N	\N	\N	0	743
O-1	1	Bronx	ship	shipped	\N	2026-11-25 14:47:38.254429+00	2030-01-08 11:36:20+00	1	2026-11-25 10:47:38.463599+00	2026-11-25 10:47:38.513171+00	\N	\N	\N	\N	\N	\N	0	743
O-3	3	Bronx	pickup	handed_over	\N	2026-11-25 14:47:38.254429+00	2030-01-09 12:00:00+00	1	2026-11-25 10:47:38.463982+00	2026-11-25 10:47:38.531438+00	\N	\N	\N	\N	2026-11-25 10:47:38.520697+00	\N	0	748
1002	34	store	ship	superseded	\N	2026-11-25 14:47:45.399301+00	\N	5	2026-11-25 10:47:45.509917+00	2026-11-25 10:47:45.748265+00	\N	\N	\N	\N	\N	\N	0	983
1006	35	store	ship	superseded	\N	2026-11-25 14:47:45.399301+00	\N	5	2026-11-25 10:47:45.509927+00	2026-11-25 10:47:45.748341+00	\N	\N	\N	\N	\N	\N	0	983
1001	33	store	ship	superseded	\N	2026-11-25 14:47:45.399301+00	2030-01-06 00:04:03+00	5	2026-11-25 10:47:45.50973+00	2026-11-25 10:47:46.455621+00	\N	\N	\N	\N	\N	\N	0	1000
G	36	store	ship	superseded	\N	2030-01-09 18:00:00+00	\N	8	2026-11-25 10:47:45.858624+00	2026-11-25 10:47:46.455701+00	\N	\N	\N	\N	\N	\N	0	1000
H	37	store	ship	superseded	\N	2030-01-09 18:00:00+00	\N	8	2026-11-25 10:47:45.858696+00	2026-11-25 10:47:46.455716+00	\N	\N	\N	\N	\N	\N	0	1000
1002	38	store	ship	superseded	\N	2030-12-24 18:00:00+00	\N	9	2026-11-25 10:47:46.074968+00	2026-11-25 10:47:46.455727+00	\N	\N	\N	\N	\N	\N	0	1000
1006	39	store	ship	superseded	\N	2030-12-24 18:00:00+00	\N	9	2026-11-25 10:47:46.075028+00	2026-11-25 10:47:46.455737+00	\N	\N	\N	\N	\N	\N	0	1000
C	40	store	ship	superseded	\N	2030-12-24 18:00:00+00	\N	9	2026-11-25 10:47:46.075035+00	2026-11-25 10:47:46.455747+00	\N	\N	\N	\N	\N	\N	0	1000
F	41	store	ship	superseded	\N	2030-12-24 18:00:00+00	\N	9	2026-11-25 10:47:46.07504+00	2026-11-25 10:47:46.455755+00	\N	\N	\N	\N	\N	\N	0	1000
1002	65	Lyon	ship	superseded	standard	2030-01-07 11:05:00+00	\N	10	2026-11-25 10:47:46.456647+00	2026-11-25 10:47:48.064412+00	\N	\N	\N	\N	\N	\N	0	1061
C	66	Lyon	ship	superseded	standard	2026-11-25 11:47:45.392218+00	\N	10	2026-11-25 10:47:46.45674+00	2026-11-25 10:47:48.064472+00	\N	\N	\N	\N	\N	\N	0	1061
F	67	Lyon	ship	superseded	standard	2026-11-25 11:47:45.634796+00	\N	10	2026-11-25 10:47:46.456748+00	2026-11-25 10:47:48.064485+00	\N	\N	\N	\N	\N	\N	0	1061
G	68	Lyon	ship	superseded	standard	2026-11-25 11:47:45.634796+00	\N	10	2026-11-25 10:47:46.456753+00	2026-11-25 10:47:48.064496+00	\N	\N	\N	\N	\N	\N	0	1061
H	69	Lyon	ship	superseded	standard	2026-11-25 11:47:45.634796+00	\N	10	2026-11-25 10:47:46.456758+00	2026-11-25 10:47:48.06451+00	\N	\N	\N	\N	\N	\N	0	1061
P-1	97	Bronx	pickup	cancelled	\N	2026-11-25 18:00:00+00	\N	24	2026-11-25 10:47:49.629102+00	2026-11-25 10:47:49.655954+00	\N	\N	\N	\N	\N	\N	0	1102
\.
COPY oms.fulfillment_transition (action, method, from_status, to_status, active) FROM stdin;
accept	ship	assigned	accepted	t
accept	pickup	assigned	accepted	t
pick	ship	accepted	picking	t
pick	pickup	accepted	picking	t
pick	ship	picking	picking	t
pick	pickup	picking	picking	t
pack	ship	picking	packed	t
pack	pickup	picking	packed	t
unpack	ship	packed	picking	t
unpack	pickup	packed	picking	t
ship	ship	packed	shipped	t
ready	pickup	packed	ready	t
unpack	pickup	ready	picking	t
hand_over	pickup	ready	handed_over	t
reject	ship	assigned	rejected	t
reject	pickup	assigned	rejected	t
reject	ship	accepted	rejected	t
reject	pickup	accepted	rejected	t
reject	ship	picking	rejected	t
reject	pickup	picking	rejected	t
reject	ship	packed	rejected	t
reject	pickup	packed	rejected	t
reject	pickup	ready	rejected	t
cancel	ship	assigned	cancelled	t
cancel	pickup	assigned	cancelled	t
cancel	ship	accepted	cancelled	t
cancel	pickup	accepted	cancelled	t
cancel	ship	picking	cancelled	t
cancel	pickup	picking	cancelled	t
cancel	ship	packed	cancelled	t
cancel	pickup	packed	cancelled	t
cancel	pickup	ready	cancelled	t
\.
COPY oms.hold_back_row (hold_back_id, sku, location, quantity, released, reason, reference, actor, created_at, changed_at, xid) FROM stdin;
1	toaster	Oakland	100	15	\N	\N	postgres	2026-11-25 10:47:47.387689+00	2026-11-25 10:47:47.390737+00	1044
2	wok	Reno DC	20	20	\N	\N	postgres	2026-11-25 10:47:47.403779+00	2026-11-25 10:47:47.404477+00	1049
\.
COPY oms.incoming_account (sku, location, incoming, on_hand, unavailable, reserved, w, exc) FROM stdin;
mug	Bronx	1	10	0	0	0	{}
cup	Bronx	2	4	0	0	0	{}
vase	Bronx	3	20	0	0	0	{}
kettle	Reno DC	33	200	0	0	0	{}
kettle	Oakland	34	30	0	0	0	{}
kettle	Reno DC	35	60	0	0	0	{}
\.
COPY oms.incoming_delta (sku, location, incoming, id, on_hand, unavailable, reserved) FROM stdin;
mug	Bronx	1	1	-9	0	0
cup	Bronx	2	1	-4	0	0
mug	Bronx	1	2	-1	0	0
vase	Bronx	3	1	-20	0	0
kettle	Reno DC	33	1	0	0	1
kettle	Reno DC	33	2	-20	0	0
kettle	Oakland	34	1	0	0	1
kettle	Reno DC	33	3	0	0	-1
kettle	Reno DC	35	1	0	0	1
kettle	Oakland	34	2	0	0	-1
kettle	Reno DC	35	2	-30	0	0
kettle	Reno DC	35	3	0	0	-1
kettle	Reno DC	35	4	-30	0	0
kettle	Reno DC	33	4	-180	0	0
\.
COPY oms.incoming_row (incoming_id, sku, location, reference, quantity, received, expected_at, status, reason, actor, created_at, changed_at, from_location) FROM stdin;
2	cup	Bronx	transfer T-1	4	5	2099-01-10 12:00:00+00	received	transfer	Ann	2026-11-25 10:47:40.232247+00	2026-11-25 10:47:40.256277+00	Reno
1	mug	Bronx	transfer T-1	10	9	2099-01-10 12:00:00+00	cancelled	received	Ann	2026-11-25 10:47:40.231918+00	2026-11-25 10:47:40.256807+00	Reno
3	vase	Bronx	transfer T-3	20	0	2026-11-25 10:47:40.270122+00	cancelled	cancelled	postgres	2026-11-25 10:47:40.270253+00	2026-11-25 10:47:40.274312+00	Reno
34	kettle	Oakland	PO 2	30	0	2099-01-20 00:00:00+00	open	\N	postgres	2026-11-25 10:47:47.342932+00	\N	\N
35	kettle	Reno DC	PO 3	60	70	2099-01-15 00:00:00+00	received	\N	postgres	2026-11-25 10:47:47.354362+00	2026-11-25 10:47:47.378025+00	\N
33	kettle	Reno DC	PO 1	180	0	2099-02-01 00:00:00+00	cancelled	supplier out of business	postgres	2026-11-25 10:47:47.323631+00	2026-11-25 10:47:47.379195+00	\N
\.
COPY oms.item (sku, tags, unit_value, weight, tracked, quantity_minimum, quantity_maximum, quantity_step) FROM stdin;
handheld	{}	\N	\N	t	1	\N	1
toaster	{}	\N	\N	t	1	\N	1
grill	{}	\N	\N	t	1	\N	1
wok	{}	\N	\N	t	1	\N	1
\.
COPY oms.kit_component (kit, sku, quantity) FROM stdin;
gift	belt	2
gift	wallet	1
\.
COPY oms.location_exclusion (exclusion_id, location, sku, order_id, until, reason, created_at) FROM stdin;
\.
COPY oms.location_group_member (location_group, location, sequence) FROM stdin;
warehouses	Reno DC	1
bronx	Bronx	1
stores	Bronx	1
all	Reno DC	1
all	Oakland	2
network	Bronx	1
network	Reno	2
\.
COPY oms.movement_row (movement_id, sku, location, quantity, unavailable, kind, reason, actor, reference, moved_at, incoming_id, source, occurred_at, xid) FROM stdin;
1	cup	Bronx	10	0	receive	\N	postgres	\N	2026-11-25 10:47:38.248413+00	\N	\N	2026-11-25 10:47:38.248413+00	728
2	mug	Bronx	10	0	receive	\N	postgres	\N	2026-11-25 10:47:38.248706+00	\N	\N	2026-11-25 10:47:38.248706+00	728
3	pot	Bronx	10	0	receive	\N	postgres	\N	2026-11-25 10:47:38.248745+00	\N	\N	2026-11-25 10:47:38.248745+00	728
4	mug	Bronx	-3	0	ship	\N	Ann	fulfillment 1	2026-11-25 10:47:38.513017+00	\N	\N	2026-11-25 10:47:38.513017+00	743
5	cup	Bronx	-1	0	ship	\N	Ann	fulfillment 1	2026-11-25 10:47:38.513043+00	\N	\N	2026-11-25 10:47:38.513043+00	743
6	mug	Bronx	-1	0	ship	\N	Ann	fulfillment 2	2026-11-25 10:47:38.513053+00	\N	\N	2026-11-25 10:47:38.513053+00	743
7	pot	Bronx	-1	0	hand_over	\N	postgres	fulfillment 3	2026-11-25 10:47:38.522625+00	\N	\N	2026-11-25 10:47:38.522625+00	747
8	pot	Bronx	-1	0	hand_over	\N	postgres	fulfillment 3	2026-11-25 10:47:38.531377+00	\N	\N	2026-11-25 10:47:38.531377+00	748
9	mug	Bronx	-1	0	hand_over	\N	postgres	fulfillment 3	2026-11-25 10:47:38.531396+00	\N	\N	2026-11-25 10:47:38.531396+00	748
33	chair	store	5	0	receive	\N	postgres	\N	2026-11-25 10:47:38.774989+00	\N	\N	2026-11-25 10:47:38.774989+00	753
34	lamp	store	2	0	receive	\N	postgres	\N	2026-11-25 10:47:38.775146+00	\N	\N	2026-11-25 10:47:38.775146+00	753
35	chair	warehouse	10	0	receive	\N	postgres	\N	2026-11-25 10:47:38.775496+00	\N	\N	2026-11-25 10:47:38.775496+00	754
36	table	warehouse	3	0	receive	\N	postgres	\N	2026-11-25 10:47:38.775506+00	\N	\N	2026-11-25 10:47:38.775506+00	754
65	kettle	Reno DC	5	0	receive	\N	postgres	\N	2026-11-25 10:47:39.102805+00	\N	\N	2026-11-25 10:47:39.102806+00	777
66	kettle	Reno DC	3	0	receive	\N	postgres	PO 77	2026-11-25 10:47:39.126715+00	\N	\N	2026-11-25 10:47:39.126715+00	778
67	kettle	Oakland	3	0	receive	\N	postgres	\N	2026-11-25 10:47:39.127419+00	\N	\N	2026-11-25 10:47:39.127419+00	779
97	mug	Reno	10	0	receive	\N	postgres	\N	2026-11-25 10:47:39.38959+00	\N	\N	2026-11-25 10:47:39.38959+00	788
98	cup	Reno	10	0	receive	\N	postgres	\N	2026-11-25 10:47:39.392098+00	\N	\N	2026-11-25 10:47:39.392099+00	788
99	vase	Reno	10	0	receive	\N	postgres	\N	2026-11-25 10:47:39.392103+00	\N	\N	2026-11-25 10:47:39.392103+00	788
100	mug	Bronx	1	0	return	\N	postgres	return 1	2026-11-25 10:47:39.556093+00	\N	\N	2026-11-25 10:47:39.556094+00	792
101	mug	Bronx	1	0	return	did not fit	Ann	return 2	2026-11-25 10:47:39.560351+00	\N	\N	2026-11-25 10:47:39.560351+00	793
102	mug	Bronx	0	1	return	broken in transit	postgres	return 3	2026-11-25 10:47:39.560718+00	\N	\N	2026-11-25 10:47:39.560719+00	794
103	cup	Reno	1	0	return	\N	postgres	return 4	2026-11-25 10:47:39.561203+00	\N	\N	2026-11-25 10:47:39.561203+00	796
129	mug	Bronx	12	0	receive	\N	postgres	\N	2026-11-25 10:47:39.724167+00	\N	\N	2026-11-25 10:47:39.724167+00	805
130	cup	Bronx	10	0	receive	\N	postgres	\N	2026-11-25 10:47:39.724325+00	\N	\N	2026-11-25 10:47:39.724325+00	805
131	vase	Bronx	100	0	receive	\N	postgres	\N	2026-11-25 10:47:39.72433+00	\N	\N	2026-11-25 10:47:39.72433+00	805
132	bowl	Bronx	100	0	receive	\N	postgres	\N	2026-11-25 10:47:39.724333+00	\N	\N	2026-11-25 10:47:39.724333+00	805
133	mug	Bronx	-9	0	count	\N	postgres	count 1	2026-11-25 10:47:39.938901+00	\N	\N	2026-11-25 10:47:39.938901+00	810
134	cup	Bronx	-11	0	count	\N	postgres	count 2	2026-11-25 10:47:40.054106+00	\N	\N	2026-11-25 10:47:40.054106+00	816
135	vase	Bronx	-8	0	count	\N	postgres	count 4	2026-11-25 10:47:40.062104+00	\N	\N	2026-11-25 10:47:40.062104+00	821
136	bowl	Bronx	-25	0	count	\N	Ann	count 4	2026-11-25 10:47:40.062917+00	\N	\N	2026-11-25 10:47:40.062917+00	824
161	mug	Reno	20	0	receive	\N	postgres	\N	2026-11-25 10:47:40.220791+00	\N	\N	2026-11-25 10:47:40.220791+00	827
162	cup	Reno	20	0	receive	\N	postgres	\N	2026-11-25 10:47:40.22094+00	\N	\N	2026-11-25 10:47:40.22094+00	827
163	vase	Reno	20	0	receive	\N	postgres	\N	2026-11-25 10:47:40.220945+00	\N	\N	2026-11-25 10:47:40.220945+00	827
164	cup	Reno	-4	0	transfer	\N	Reno	transfer T-1	2026-11-25 10:47:40.230712+00	\N	\N	2026-11-25 10:47:40.230712+00	829
165	mug	Reno	-10	0	transfer	\N	Reno	transfer T-1	2026-11-25 10:47:40.230738+00	\N	\N	2026-11-25 10:47:40.230738+00	829
166	mug	Bronx	9	0	receive	transfer	Ann	transfer T-1	2026-11-25 10:47:40.255168+00	1	\N	2026-11-25 10:47:40.255168+00	830
167	cup	Bronx	5	0	receive	transfer	Ann	transfer T-1	2026-11-25 10:47:40.256245+00	2	\N	2026-11-25 10:47:40.256246+00	830
168	vase	Bronx	1	0	receive	wrong item	Ann	transfer T-1	2026-11-25 10:47:40.256587+00	\N	\N	2026-11-25 10:47:40.256587+00	830
169	vase	Reno	-20	0	transfer	\N	postgres	transfer T-3	2026-11-25 10:47:40.270094+00	\N	\N	2026-11-25 10:47:40.270094+00	834
170	vase	Reno	20	0	transfer	cancelled	postgres	transfer T-3	2026-11-25 10:47:40.274623+00	\N	\N	2026-11-25 10:47:40.274623+00	835
193	mug	North	10	0	snapshot	\N	postgres	\N	2026-11-25 10:47:40.454532+00	\N	wms	2026-11-24 09:00:00+00	841
194	mug	North	-2	0	sale	\N	postgres	T-1	2026-11-25 10:47:40.462598+00	\N	pos	2026-11-24 09:30:00+00	843
195	cup	South	20	0	count	\N	postgres	\N	2026-11-25 10:47:40.480506+00	\N	wms	2026-11-25 10:37:40.478772+00	848
196	mug	Nowhere	3	0	count	\N	postgres	\N	2026-11-25 10:47:40.492622+00	\N	wms	2026-11-25 10:37:40.478772+00	850
197	mug	North	892	0	count	\N	postgres	\N	2026-11-25 10:47:40.498804+00	\N	wms	2026-11-25 10:37:40.478772+00	851
198	cup	South	-13	0	sale	\N	postgres	T-2	2026-11-25 10:47:40.502176+00	\N	pos	2026-11-25 10:47:40.501822+00	856
199	plate	North	7	0	snapshot	\N	postgres	\N	2026-11-25 10:47:40.548028+00	\N	wms	2026-11-25 10:46:40.546586+00	862
200	plate	South	5	0	snapshot	\N	postgres	\N	2026-11-25 10:47:40.54805+00	\N	wms	2026-11-25 10:46:40.546586+00	862
225	mug	Reno	50	0	receive	\N	postgres	\N	2026-11-25 10:47:40.818855+00	\N	\N	2026-11-25 10:47:40.818855+00	866
226	cup	Reno	7	0	receive	\N	postgres	\N	2026-11-25 10:47:40.825877+00	\N	\N	2026-11-25 10:47:40.825877+00	868
227	cup	Reno	-1	0	adjust	broken	postgres	\N	2026-11-25 10:47:40.873889+00	\N	\N	2026-11-25 10:47:40.873889+00	875
257	belt	North	10	0	receive	\N	postgres	\N	2026-11-25 10:47:44.238946+00	\N	\N	2026-11-25 10:47:44.238946+00	908
258	wallet	South	7	0	receive	\N	postgres	\N	2026-11-25 10:47:44.239217+00	\N	\N	2026-11-25 10:47:44.239217+00	908
259	wallet	North	7	0	receive	\N	postgres	\N	2026-11-25 10:47:44.245994+00	\N	\N	2026-11-25 10:47:44.245995+00	909
260	belt	South	3	0	receive	\N	postgres	\N	2026-11-25 10:47:44.28759+00	\N	\N	2026-11-25 10:47:44.287591+00	922
289	console	Reno DC	100	0	receive	\N	postgres	\N	2026-11-25 10:47:44.503033+00	\N	\N	2026-11-25 10:47:44.503034+00	930
290	console	Reno DC	-1	0	consume	\N	postgres	\N	2026-11-25 10:47:44.522544+00	\N	\N	2026-11-25 10:47:44.522544+00	938
291	handheld	Reno DC	10	0	receive	\N	postgres	\N	2026-11-25 10:47:44.542974+00	\N	\N	2026-11-25 10:47:44.542974+00	947
321	kettle	Oakland	10	0	receive	\N	postgres	\N	2026-11-25 10:47:44.914948+00	\N	\N	2026-11-25 10:47:44.914948+00	952
322	kettle	Oakland	-2	0	consume	\N	postgres	\N	2026-11-25 10:47:44.940353+00	\N	\N	2026-11-25 10:47:44.940353+00	958
323	kettle	Oakland	6	0	receive	\N	postgres	\N	2026-11-25 10:47:44.942546+00	\N	\N	2026-11-25 10:47:44.942546+00	960
353	lamp	store	100	0	receive	\N	postgres	\N	2026-11-25 10:47:45.385445+00	\N	\N	2026-11-25 10:47:45.385445+00	967
354	lamp	far	2	0	receive	\N	postgres	\N	2026-11-25 10:47:45.38586+00	\N	\N	2026-11-25 10:47:45.385861+00	967
385	lamp	Paris	5	0	receive	\N	postgres	\N	2026-11-25 10:47:46.286461+00	\N	\N	2026-11-25 10:47:46.286462+00	999
386	lamp	Lyon	5	0	receive	\N	postgres	\N	2026-11-25 10:47:46.286769+00	\N	\N	2026-11-25 10:47:46.286769+00	999
417	mug	Bronx	10	0	receive	\N	postgres	\N	2026-11-25 10:47:46.815432+00	\N	\N	2026-11-25 10:47:46.815432+00	1011
418	mug	Reno	3	0	receive	\N	postgres	\N	2026-11-25 10:47:46.815759+00	\N	\N	2026-11-25 10:47:46.815759+00	1011
419	mug	Bronx	-6	0	adjust	fell off the shelf	Ann	\N	2026-11-25 10:47:46.962553+00	\N	\N	2026-11-25 10:47:46.962553+00	1018
420	mug	Bronx	-22	0	count	count	postgres	\N	2026-11-25 10:47:46.971186+00	\N	\N	2026-11-25 10:47:46.971186+00	1019
421	mug	Bronx	3	0	receive	\N	postgres	\N	2026-11-25 10:47:46.998445+00	\N	\N	2026-11-25 10:47:46.998445+00	1020
449	mug	Bronx	10	0	receive	\N	postgres	\N	2026-11-25 10:47:47.180722+00	\N	\N	2026-11-25 10:47:47.180722+00	1023
450	mug	Bronx	-4	4	set_aside	quality control	Ann	\N	2026-11-25 10:47:47.186012+00	\N	\N	2026-11-25 10:47:47.186012+00	1024
451	mug	Bronx	3	-3	put_back	looks fine	Ann	\N	2026-11-25 10:47:47.18684+00	\N	\N	2026-11-25 10:47:47.18684+00	1025
452	mug	Bronx	0	-1	scrap	cracked	Ann	\N	2026-11-25 10:47:47.187041+00	\N	\N	2026-11-25 10:47:47.187041+00	1026
453	mug	Bronx	0	-1	scrap	cracked	Ann	\N	2026-11-25 10:47:47.187197+00	\N	\N	2026-11-25 10:47:47.187197+00	1027
454	mug	Bronx	-2	2	set_aside	recalled	postgres	\N	2026-11-25 10:47:47.188434+00	\N	\N	2026-11-25 10:47:47.188434+00	1028
455	mug	Bronx	2	-2	put_back	recall is over	postgres	\N	2026-11-25 10:47:47.188915+00	\N	\N	2026-11-25 10:47:47.188915+00	1029
481	kettle	Reno DC	30	0	receive	\N	postgres	PO 3	2026-11-25 10:47:47.362703+00	35	\N	2026-11-25 10:47:47.362703+00	1038
482	kettle	Reno DC	40	0	receive	\N	postgres	PO 3	2026-11-25 10:47:47.377957+00	35	\N	2026-11-25 10:47:47.377957+00	1039
483	toaster	Oakland	100	0	receive	\N	postgres	\N	2026-11-25 10:47:47.387426+00	\N	\N	2026-11-25 10:47:47.387426+00	1043
484	grill	Reno DC	100	0	receive	\N	postgres	\N	2026-11-25 10:47:47.402054+00	\N	\N	2026-11-25 10:47:47.402054+00	1048
485	wok	Reno DC	100	0	receive	\N	postgres	\N	2026-11-25 10:47:47.403064+00	\N	\N	2026-11-25 10:47:47.403064+00	1048
517	X	Bronx	5	0	receive	\N	postgres	\N	2026-11-25 10:47:47.967612+00	\N	\N	2026-11-25 10:47:47.967612+00	1059
518	X	Reno	10	0	receive	\N	postgres	\N	2026-11-25 10:47:47.967686+00	\N	\N	2026-11-25 10:47:47.967686+00	1059
519	Y	Bronx	5	0	receive	\N	postgres	\N	2026-11-25 10:47:48.085173+00	\N	\N	2026-11-25 10:47:48.085173+00	1063
520	Y	Reno	5	0	receive	\N	postgres	\N	2026-11-25 10:47:48.085241+00	\N	\N	2026-11-25 10:47:48.085241+00	1063
545	cap	Bronx	9	0	receive	\N	postgres	\N	2026-11-25 10:47:48.501219+00	\N	\N	2026-11-25 10:47:48.501219+00	1071
546	mug	Bronx	9	0	receive	\N	postgres	\N	2026-11-25 10:47:48.501382+00	\N	\N	2026-11-25 10:47:48.501382+00	1071
547	tee	Bronx	9	0	receive	\N	postgres	\N	2026-11-25 10:47:48.501388+00	\N	\N	2026-11-25 10:47:48.501388+00	1071
548	cap	Reno	9	0	receive	\N	postgres	\N	2026-11-25 10:47:48.501556+00	\N	\N	2026-11-25 10:47:48.501556+00	1071
549	mug	Reno	9	0	receive	\N	postgres	\N	2026-11-25 10:47:48.501564+00	\N	\N	2026-11-25 10:47:48.501564+00	1071
550	tee	Reno	9	0	receive	\N	postgres	\N	2026-11-25 10:47:48.501567+00	\N	\N	2026-11-25 10:47:48.501567+00	1071
551	cap	Bronx	-1	0	count	count	postgres	\N	2026-11-25 10:47:48.831534+00	\N	\N	2026-11-25 10:47:48.831534+00	1078
552	tee	Bronx	-3	0	count	count	postgres	\N	2026-11-25 10:47:48.834438+00	\N	\N	2026-11-25 10:47:48.834438+00	1079
577	mug	warehouse	5	0	receive	\N	postgres	\N	2026-11-25 10:47:49.198268+00	\N	\N	2026-11-25 10:47:49.198269+00	1084
578	mug	Nowhere	5	0	receive	\N	postgres	\N	2026-11-25 10:47:49.199343+00	\N	\N	2026-11-25 10:47:49.199343+00	1084
579	mug	North	5	0	receive	\N	postgres	\N	2026-11-25 10:47:49.199418+00	\N	\N	2026-11-25 10:47:49.199418+00	1084
580	mug	South	5	0	receive	\N	postgres	\N	2026-11-25 10:47:49.199457+00	\N	\N	2026-11-25 10:47:49.199458+00	1084
581	mug	store	5	0	receive	\N	postgres	\N	2026-11-25 10:47:49.199488+00	\N	\N	2026-11-25 10:47:49.199488+00	1084
582	mug	far	5	0	receive	\N	postgres	\N	2026-11-25 10:47:49.199515+00	\N	\N	2026-11-25 10:47:49.199515+00	1084
583	mug	depot	5	0	receive	\N	postgres	\N	2026-11-25 10:47:49.199539+00	\N	\N	2026-11-25 10:47:49.199539+00	1084
584	mug	Paris	5	0	receive	\N	postgres	\N	2026-11-25 10:47:49.199564+00	\N	\N	2026-11-25 10:47:49.199564+00	1084
585	mug	Lyon	5	0	receive	\N	postgres	\N	2026-11-25 10:47:49.19959+00	\N	\N	2026-11-25 10:47:49.19959+00	1084
586	mug	Reno DC	5	0	receive	\N	postgres	\N	2026-11-25 10:47:49.199615+00	\N	\N	2026-11-25 10:47:49.199615+00	1084
587	mug	Oakland	5	0	receive	\N	postgres	\N	2026-11-25 10:47:49.19964+00	\N	\N	2026-11-25 10:47:49.199641+00	1084
588	mug	Bronx	5	0	receive	\N	postgres	\N	2026-11-25 10:47:49.199668+00	\N	\N	2026-11-25 10:47:49.199668+00	1084
589	mug	Queens	5	0	receive	\N	postgres	\N	2026-11-25 10:47:49.199693+00	\N	\N	2026-11-25 10:47:49.199693+00	1084
590	mug	Reno	5	0	receive	\N	postgres	\N	2026-11-25 10:47:49.199722+00	\N	\N	2026-11-25 10:47:49.199722+00	1084
591	vase	Bronx	3	0	receive	\N	postgres	\N	2026-11-25 10:47:49.526094+00	\N	\N	2026-11-25 10:47:49.526094+00	1095
609	mug	Bronx	6	0	receive	\N	dock	PO 1	2026-11-25 10:47:50.086421+00	\N	\N	2026-11-25 10:47:50.086421+00	1153
610	mug	Reno	1	0	receive	\N	dock	\N	2026-11-25 10:47:50.088944+00	\N	\N	2026-11-25 10:47:50.088944+00	1154
611	mug	Bronx	-4	0	adjust	flood	Ann	\N	2026-11-25 10:47:50.218365+00	\N	\N	2026-11-25 10:47:50.218366+00	1158
612	mug	Bronx	-28	0	count	\N	Ann	count 5	2026-11-25 10:47:50.228256+00	\N	\N	2026-11-25 10:47:50.228257+00	1162
\.
COPY oms.network_change (change_id) FROM stdin;
\.
COPY oms.order_hold_row (order_id, hold_id, line_no, reason, placed_by, placed_at, released_by, released_at) FROM stdin;
O-1	h1	\N	address	Eve	2026-11-25 10:47:50.090194+00	Eve	2026-11-25 10:47:50.092701+00
\.
COPY oms.order_row (order_id, channel, service, method, priority, ship_to, promise_at, status, cart_id, reference, actor, placed_at, cancelled_at, cancelled_by, cancel_reason, xid) FROM stdin;
O-1	web	standard	ship	2	40.7,-74	2030-01-08 12:00:00+00	open	\N	\N	postgres	2026-11-25 10:47:38.249085+00	\N	\N	\N	729
O-2	web	standard	ship	2	40.7,-74	2030-01-07 12:00:00+00	open	\N	\N	postgres	2026-11-25 10:47:38.251458+00	\N	\N	\N	731
O-3	web	pickup	pickup	2	\N	2030-01-09 12:00:00+00	open	\N	\N	postgres	2026-11-25 10:47:38.253947+00	\N	\N	\N	732
1001	web	same_day	ship	0	40.7,-74	2030-01-07 20:00:00+00	open	\N	\N	postgres	2030-01-07 10:00:00+00	\N	\N	\N	755
1002	web	standard	ship	2	40.7,-74	\N	open	\N	shop 7	postgres	2030-01-07 10:05:00+00	\N	\N	\N	757
1004	web	standard	ship	2	\N	\N	open	\N	\N	postgres	2030-01-07 10:15:00+00	\N	\N	\N	763
1005	web	pickup	pickup	2	40.7,-74	\N	open	cart 8	\N	postgres	2026-11-25 10:47:38.802738+00	\N	\N	\N	767
1003	web	standard	ship	2	\N	\N	cancelled	\N	\N	postgres	2030-01-07 10:10:00+00	2026-11-25 10:47:38.805096+00	postgres	changed mind	769
1006	web	standard	ship	2	\N	\N	open	\N	\N	postgres	2026-11-25 10:47:38.814876+00	\N	\N	\N	771
E-1	web	standard	ship	2	\N	\N	open	\N	\N	postgres	2026-11-25 10:47:40.5344+00	\N	\N	\N	857
C	web	standard	ship	2	40,-100	\N	open	\N	\N	postgres	2026-11-25 10:47:45.392218+00	\N	\N	\N	972
B	web	standard	ship	2	40,-100	\N	cancelled	\N	\N	postgres	2026-11-25 10:47:45.392218+00	2026-11-25 10:47:45.620401+00	postgres	\N	975
A	web	standard	ship	2	40,-100	\N	cancelled	\N	\N	postgres	2026-11-25 10:47:45.392218+00	2026-11-25 10:47:45.622166+00	postgres	\N	977
D	web	standard	ship	2	40,-100	\N	cancelled	\N	\N	postgres	2026-11-25 10:47:45.392218+00	2026-11-25 10:47:45.622353+00	postgres	\N	977
E	web	standard	ship	2	40,-100	\N	cancelled	\N	\N	postgres	2026-11-25 10:47:45.392218+00	2026-11-25 10:47:45.622509+00	postgres	\N	977
F	web	standard	ship	2	40,-100	\N	open	\N	\N	postgres	2026-11-25 10:47:45.634796+00	\N	\N	\N	982
G	web	standard	ship	2	40,-100	\N	open	\N	\N	postgres	2026-11-25 10:47:45.634796+00	\N	\N	\N	982
H	web	standard	ship	2	40,-100	\N	open	\N	\N	postgres	2026-11-25 10:47:45.634796+00	\N	\N	\N	982
O-4	web	standard	ship	2	43.7102,7.262	\N	open	\N	\N	postgres	2026-11-25 10:47:46.537268+00	\N	\N	\N	1007
urgent	web	same_day	ship	0	\N	\N	open	\N	\N	postgres	2026-11-25 10:47:46.817685+00	\N	\N	\N	1012
early	web	standard	ship	2	40.7,-74	\N	open	\N	\N	postgres	2026-11-25 10:47:46.821677+00	\N	\N	\N	1013
late	web	standard	ship	2	40.7,-74	\N	open	\N	\N	postgres	2026-11-25 10:47:46.822462+00	\N	\N	\N	1014
O1	web	standard	ship	2	40.7,-74	\N	open	\N	\N	postgres	2026-11-25 10:47:47.968186+00	\N	\N	\N	1060
O2	web	standard	ship	2	40.7,-74	\N	open	\N	\N	postgres	2026-11-25 10:47:47.968186+00	\N	\N	\N	1060
O3	web	standard	ship	2	40.7,-74	\N	open	\N	\N	postgres	2026-11-25 10:47:47.968186+00	\N	\N	\N	1060
O4	web	standard	ship	2	40.7,-74	\N	open	\N	\N	postgres	2026-11-25 10:47:48.085414+00	\N	\N	\N	1064
O5	web	standard	ship	2	40.7,-74	\N	open	\N	\N	postgres	2026-11-25 10:47:48.156156+00	\N	\N	\N	1066
M1	web	standard	ship	2	40.7,-74	\N	open	\N	\N	postgres	2026-11-25 10:47:48.507939+00	\N	\N	\N	1072
C1	web	standard	ship	2	40.7,-74	\N	open	\N	\N	postgres	2026-11-25 10:47:48.507939+00	\N	\N	\N	1072
M2	web	standard	ship	2	40.7,-74	\N	open	\N	\N	postgres	2026-11-25 10:47:48.507939+00	\N	\N	\N	1072
C2	web	standard	ship	2	40.7,-74	\N	open	\N	\N	postgres	2026-11-25 10:47:48.507939+00	\N	\N	\N	1072
P-1	web	pickup	pickup	2	\N	\N	cancelled	\N	\N	postgres	2026-11-25 10:47:49.529705+00	2026-11-25 10:47:49.657313+00	postgres	no-show	1102
\.
COPY oms.order_line_row (order_id, line_no, sku, quantity, unit_value, keep_together, location, promise_at, cancelled) FROM stdin;
O-1	1	mug	3	\N	\N	\N	\N	0
O-1	2	cup	1	\N	\N	\N	\N	0
O-2	1	mug	1	\N	\N	\N	\N	0
O-3	1	pot	2	\N	\N	\N	\N	0
O-3	2	mug	1	\N	\N	\N	\N	0
1001	1	chair	2	\N	\N	\N	\N	0
1001	2	table	1	\N	\N	\N	\N	0
1002	1	lamp	1	\N	\N	\N	\N	0
1002	2	table	1	\N	\N	\N	\N	0
1003	1	chair	1	\N	\N	\N	\N	0
1003	2	lamp	2	\N	\N	\N	\N	0
1004	10	chair	2	49.90	set	warehouse	\N	0
1004	20	table	1	120	set	\N	2030-02-01 12:00:00+00	0
1005	1	chair	4	\N	\N	\N	\N	0
1006	1	chair	1	\N	\N	\N	\N	0
E-1	1	mug	1	\N	\N	\N	\N	0
A	1	lamp	1	\N	\N	\N	\N	0
B	1	lamp	1	\N	\N	\N	\N	0
C	1	lamp	1	\N	\N	\N	\N	0
D	1	lamp	1	\N	\N	\N	\N	0
E	1	lamp	1	\N	\N	\N	\N	0
F	1	lamp	1	\N	\N	\N	\N	0
G	1	lamp	1	\N	\N	\N	\N	0
H	1	lamp	1	\N	\N	\N	\N	0
O-4	1	lamp	1	\N	\N	\N	\N	0
urgent	1	mug	3	\N	\N	Bronx	\N	0
early	1	mug	2	\N	\N	\N	\N	0
late	1	mug	4	\N	\N	\N	\N	0
O1	1	X	1	\N	\N	\N	\N	0
O2	1	X	1	\N	\N	\N	\N	0
O3	1	X	1	\N	\N	\N	\N	0
O4	1	Y	1	\N	\N	\N	\N	0
O5	1	Y	1	\N	\N	\N	\N	0
M1	1	mug	1	\N	\N	\N	\N	0
C1	1	cap	1	\N	\N	\N	\N	0
M2	1	mug	1	\N	\N	\N	\N	0
C2	1	cap	1	\N	\N	\N	\N	0
P-1	1	vase	2	\N	\N	\N	\N	2
\.
COPY oms.policy_routing_row (policy, version, sequence, routing, filter, saved_by, queue, cancel_after_days, on_unfilled) FROM stdin;
p	1	1	all	\N	postgres	unfillable	\N	wait
\.
COPY oms.policy_row (policy, version, status, note, saved_by, saved_at, activated_at) FROM stdin;
p	1	active	\N	postgres	2026-11-25 10:47:45.876135+00	2026-11-25 10:47:45.877286+00
\.
COPY oms.policy_rule_row (policy, version, routing, rule_no, location_group, max_distance_km, floor, split, whole, keep_groups, ignore_capacity, min_shipment_value, criteria) FROM stdin;
p	1	all	1	\N	\N	0	multi	f	t	f	0	\N
p	1	all	2	\N	\N	0	multi	f	t	t	0	\N
\.
COPY oms.protection_account (sku, location, until, channel, on_hand, unavailable, reserved, w, exc) FROM stdin;
kettle	Oakland	infinity	pos	4	0	0	0	{}
kettle	Oakland	2026-11-26T10:47:44.942287Z	pos	5	0	0	0	{}
kettle	Oakland	2026-11-25T10:47:45.043394Z	pos	3	0	0	0	{}
\.
COPY oms.protection_delta (sku, location, until, channel, id, on_hand, unavailable, reserved) FROM stdin;
kettle	Oakland	infinity	pos	1	0	0	2
kettle	Oakland	infinity	pos	2	0	0	2
kettle	Oakland	2026-11-26T10:47:44.942287Z	pos	1	-5	0	0
\.
COPY oms.published_row (consumer, channel, sku, value, offered) FROM stdin;
shop window	web	gift	15	\N
shop window	web	cup	30	\N
shop window	web	pot	0	\N
shop window	web	chair	0	\N
shop window	web	table	0	\N
shop window	web	lamp	0	\N
shop window	web	kettle	0	\N
shop window	web	vase	30	\N
shop window	web	bowl	0	\N
shop window	web	plate	0	\N
shop window	web	mug	68	\N
\.
COPY oms.quota (channel, sku, quantity, period, time_zone) FROM stdin;
bazaar	console	2	day	America/Los_Angeles
bazaar	handheld	3	\N	UTC
\.
COPY oms.quota_account (sku, channel, period, on_hand, unavailable, reserved, w, exc) FROM stdin;
console	bazaar	total	0	0	1	0	{}
\.
COPY oms.quota_delta (sku, channel, period, id, on_hand, unavailable, reserved) FROM stdin;
console	bazaar	total	1	0	0	1
console	bazaar	total	2	0	0	1
console	bazaar	total	3	0	0	2
\.
COPY oms.reject_reason (reason, stock_effect, still_there, exclude_sku_for, exclude_location_for, exclude_order_for, opens_count, active) FROM stdin;
not in stock	all	f	1 day	00:00:00	1 day	t	t
damaged	rejected	t	00:00:00	00:00:00	1 day	f	t
worn display piece	rejected	t	00:00:00	00:00:00	1 day	f	t
mismatch	rejected	f	00:00:00	00:00:00	1 day	t	t
not accepted	none	f	00:00:00	00:00:00	1 day	f	t
store closed	none	f	00:00:00	1 day	1 day	f	t
store busy	none	f	00:00:00	3 days	1 day	f	t
\.
COPY oms.rejection_row (order_id, rejection_id, fulfillment_id, line_no, sku, location, quantity, reason, cause, moved, backordered, actor, rejected_at) FROM stdin;
\.
COPY oms.request_row (request_id, function, arguments, result, requested_at) FROM stdin;
checkout 6	place_order	3700a1c8ad24c806	{1,chair,warehouse,1,43,reserved,NULL,NULL}	2026-11-25 10:47:38.815185+00
\.
COPY oms.reservation_row (reservation_id, sku, location, quantity, consumed, status, channel, method, cart_id, order_id, line_no, reference, created_at, expires_at, changed_at, quota_period, protected, protected_until, kit, kit_quantity, component, plan_line, xid) FROM stdin;
1	mug	Bronx	3	3	consumed	web	ship	\N	O-1	1	\N	2026-11-25 10:47:38.250214+00	\N	2026-11-25 10:47:38.512478+00	\N	0	\N	\N	\N	\N	\N	743
2	cup	Bronx	1	1	consumed	web	ship	\N	O-1	2	\N	2026-11-25 10:47:38.250369+00	\N	2026-11-25 10:47:38.512626+00	\N	0	\N	\N	\N	\N	\N	743
3	mug	Bronx	1	1	consumed	web	ship	\N	O-2	1	\N	2026-11-25 10:47:38.251615+00	\N	2026-11-25 10:47:38.512642+00	\N	0	\N	\N	\N	\N	\N	743
5	mug	Bronx	1	1	consumed	web	pickup	\N	O-3	2	\N	2026-11-25 10:47:38.254152+00	\N	2026-11-25 10:47:38.531203+00	\N	0	\N	\N	\N	\N	\N	748
4	pot	Bronx	2	2	consumed	web	pickup	\N	O-3	1	\N	2026-11-25 10:47:38.254131+00	\N	2026-11-25 10:47:38.531304+00	\N	0	\N	\N	\N	\N	\N	748
34	table	warehouse	1	0	firm	web	ship	\N	1001	2	\N	2026-11-25 10:47:38.776336+00	\N	\N	\N	0	\N	\N	\N	\N	\N	755
36	table	warehouse	1	0	firm	web	ship	\N	1002	2	shop 7	2026-11-25 10:47:38.782102+00	\N	\N	\N	0	\N	\N	\N	\N	\N	757
39	chair	warehouse	2	0	firm	web	ship	\N	1004	10	\N	2026-11-25 10:47:38.795462+00	\N	\N	\N	0	\N	\N	\N	\N	\N	763
40	table	warehouse	1	0	firm	web	ship	\N	1004	20	\N	2026-11-25 10:47:38.795473+00	\N	\N	\N	0	\N	\N	\N	\N	\N	763
42	chair	store	1	0	firm	web	pickup	cart 8	1005	1	\N	2026-11-25 10:47:38.803215+00	\N	\N	\N	0	\N	\N	\N	\N	\N	767
37	chair	warehouse	1	0	released	web	ship	\N	1003	1	\N	2026-11-25 10:47:38.794277+00	\N	2026-11-25 10:47:38.804966+00	\N	0	\N	\N	\N	\N	\N	769
38	lamp	store	1	0	released	web	ship	\N	1003	2	\N	2026-11-25 10:47:38.794303+00	\N	2026-11-25 10:47:38.805029+00	\N	0	\N	\N	\N	\N	\N	769
65	kettle	Reno DC	8	0	firm	wholesale	ship	\N	\N	\N	\N	2026-11-25 10:47:39.144792+00	\N	\N	\N	0	\N	\N	\N	\N	\N	781
97	cup	South	7	0	firm	web	ship	\N	\N	\N	\N	2026-11-25 10:47:40.500267+00	\N	2026-11-25 10:47:40.527091+00	\N	0	\N	\N	\N	\N	\N	856
98	mug	North	1	0	firm	web	ship	\N	E-1	1	\N	2026-11-25 10:47:40.535318+00	\N	\N	\N	0	\N	\N	\N	\N	\N	857
129	cup	Reno	3	0	firm	web	ship	\N	\N	\N	\N	2026-11-25 10:47:40.845956+00	\N	\N	\N	0	\N	\N	\N	\N	\N	868
131	mug	Reno	5	0	hold	web	ship	\N	\N	\N	\N	2026-11-25 10:47:40.90205+00	2026-11-25 10:47:43.901933+00	\N	\N	0	\N	\N	\N	\N	\N	886
132	cup	Reno	1	0	firm	web	ship	\N	\N	\N	\N	2026-11-25 10:47:44.018197+00	\N	\N	\N	0	\N	\N	\N	\N	\N	895
133	mug	Reno	1	0	firm	web	ship	\N	\N	\N	\N	2026-11-25 10:47:44.018218+00	\N	\N	\N	0	\N	\N	\N	\N	\N	895
134	cup	Reno	5	0	firm	web	ship	\N	\N	\N	\N	2026-11-25 10:47:44.026194+00	\N	\N	\N	0	\N	\N	\N	\N	\N	899
161	belt	North	4	0	hold	web	ship	cart	\N	\N	\N	2026-11-25 10:47:44.253278+00	2026-11-25 11:47:44.252244+00	\N	\N	0	\N	gift	2	1	\N	912
161	wallet	North	2	0	hold	web	ship	cart	\N	\N	\N	2026-11-25 10:47:44.253361+00	2026-11-25 11:47:44.252244+00	\N	\N	0	\N	gift	1	2	\N	912
162	belt	North	4	0	released	web	ship	\N	\N	\N	both	2026-11-25 10:47:44.262854+00	\N	2026-11-25 10:47:44.277458+00	\N	0	\N	gift	2	1	\N	921
162	wallet	North	2	0	released	web	ship	\N	\N	\N	both	2026-11-25 10:47:44.262879+00	\N	2026-11-25 10:47:44.277593+00	\N	0	\N	gift	1	2	\N	921
163	belt	North	2	0	released	web	ship	\N	\N	\N	both	2026-11-25 10:47:44.262883+00	\N	2026-11-25 10:47:44.277601+00	\N	0	\N	\N	\N	\N	\N	921
164	belt	North	6	0	firm	web	ship	\N	\N	\N	\N	2026-11-25 10:47:44.288425+00	\N	\N	\N	0	\N	gift	2	1	\N	923
164	wallet	North	3	0	firm	web	ship	\N	\N	\N	\N	2026-11-25 10:47:44.288449+00	\N	\N	\N	0	\N	gift	1	2	\N	923
165	belt	South	2	0	firm	web	ship	\N	\N	\N	\N	2026-11-25 10:47:44.288454+00	\N	\N	\N	0	\N	gift	2	1	\N	923
165	wallet	South	1	0	firm	web	ship	\N	\N	\N	\N	2026-11-25 10:47:44.288457+00	\N	\N	\N	0	\N	gift	1	2	\N	923
193	console	Reno DC	1	0	firm	bazaar	ship	\N	\N	\N	\N	2026-11-25 10:47:44.508087+00	\N	\N	total	0	\N	\N	\N	\N	\N	932
194	console	Reno DC	1	0	firm	bazaar	ship	\N	\N	\N	\N	2026-11-25 10:47:44.508302+00	\N	\N	total	0	\N	\N	\N	\N	\N	932
196	console	Reno DC	10	0	firm	web	ship	\N	\N	\N	\N	2026-11-25 10:47:44.514563+00	\N	\N	\N	0	\N	\N	\N	\N	\N	936
195	console	Reno DC	1	1	consumed	bazaar	ship	\N	\N	\N	\N	2026-11-25 10:47:44.508383+00	\N	2026-11-25 10:47:44.522313+00	total	0	\N	\N	\N	\N	\N	938
197	console	Reno DC	2	0	expired	bazaar	ship	\N	\N	\N	\N	2026-11-25 10:47:44.523635+00	2026-11-25 10:47:44.524567+00	2026-11-25 10:47:44.535237+00	total	0	\N	\N	\N	\N	\N	942
198	console	Reno DC	2	0	firm	bazaar	ship	\N	\N	\N	\N	2026-11-25 10:47:44.535379+00	\N	\N	total	0	\N	\N	\N	\N	\N	942
225	kettle	Oakland	7	0	firm	web	ship	\N	\N	\N	\N	2026-11-25 10:47:44.936027+00	\N	\N	\N	0	\N	\N	\N	\N	\N	954
226	kettle	Oakland	2	0	firm	pos	ship	\N	\N	\N	\N	2026-11-25 10:47:44.93632+00	\N	\N	\N	2	infinity	\N	\N	\N	\N	955
227	kettle	Oakland	1	0	firm	web	ship	\N	\N	\N	\N	2026-11-25 10:47:44.938286+00	\N	\N	\N	0	\N	\N	\N	\N	\N	956
228	kettle	Oakland	3	2	firm	pos	ship	\N	\N	\N	\N	2026-11-25 10:47:44.939793+00	\N	2026-11-25 10:47:44.940217+00	\N	2	infinity	\N	\N	\N	\N	958
43	chair	store	1	0	firm	web	ship	\N	1006	1	\N	2026-11-25 10:47:38.815432+00	\N	2026-11-25 10:47:45.485443+00	\N	0	\N	\N	\N	\N	\N	973
33	chair	store	2	0	firm	web	ship	\N	1001	1	\N	2026-11-25 10:47:38.7763+00	\N	2026-11-25 10:47:45.490592+00	\N	0	\N	\N	\N	\N	\N	973
41	chair	store	1	0	firm	web	ship	cart 8	1005	1	\N	2026-11-25 10:47:38.802475+00	\N	2026-11-25 10:47:45.491069+00	\N	0	\N	\N	\N	\N	\N	973
262	chair	warehouse	2	0	firm	web	ship	cart 8	1005	1	\N	2026-11-25 10:47:38.802475+00	\N	\N	\N	0	\N	\N	\N	\N	\N	973
258	lamp	store	1	0	released	web	ship	\N	B	1	\N	2026-11-25 10:47:45.39855+00	\N	2026-11-25 10:47:45.620272+00	\N	0	\N	\N	\N	\N	\N	975
257	lamp	store	1	0	released	web	ship	\N	A	1	\N	2026-11-25 10:47:45.393333+00	\N	2026-11-25 10:47:45.622092+00	\N	0	\N	\N	\N	\N	\N	977
260	lamp	store	1	0	released	web	ship	\N	D	1	\N	2026-11-25 10:47:45.398911+00	\N	2026-11-25 10:47:45.622299+00	\N	0	\N	\N	\N	\N	\N	977
261	lamp	store	1	0	released	web	ship	\N	E	1	\N	2026-11-25 10:47:45.399019+00	\N	2026-11-25 10:47:45.62246+00	\N	0	\N	\N	\N	\N	\N	977
259	lamp	Lyon	1	0	firm	web	ship	\N	C	1	\N	2026-11-25 10:47:45.398766+00	\N	2026-11-25 10:47:46.443438+00	\N	0	\N	\N	\N	\N	\N	1000
263	lamp	Lyon	1	0	firm	web	ship	\N	F	1	\N	2026-11-25 10:47:45.635252+00	\N	2026-11-25 10:47:46.443688+00	\N	0	\N	\N	\N	\N	\N	1000
264	lamp	Lyon	1	0	firm	web	ship	\N	G	1	\N	2026-11-25 10:47:45.635549+00	\N	2026-11-25 10:47:46.443783+00	\N	0	\N	\N	\N	\N	\N	1000
265	lamp	Lyon	1	0	firm	web	ship	\N	H	1	\N	2026-11-25 10:47:45.635661+00	\N	2026-11-25 10:47:46.443867+00	\N	0	\N	\N	\N	\N	\N	1000
35	lamp	Lyon	1	0	firm	web	ship	\N	1002	1	shop 7	2026-11-25 10:47:38.782073+00	\N	2026-11-25 10:47:46.443944+00	\N	0	\N	\N	\N	\N	\N	1000
289	lamp	Paris	1	0	firm	web	ship	\N	O-4	1	\N	2026-11-25 10:47:46.53753+00	\N	\N	\N	0	\N	\N	\N	\N	\N	1007
130	mug	Reno	2	0	released	web	ship	cart 1	\N	\N	\N	2026-11-25 10:47:40.854925+00	2026-11-25 11:02:40.854273+00	2026-11-25 10:47:46.826933+00	\N	0	\N	\N	\N	\N	\N	1015
324	mug	Reno	1	0	hold	web	ship	cart 1	\N	\N	\N	2026-11-25 10:47:46.827084+00	2026-11-25 11:47:46.825895+00	2026-11-25 10:47:46.986946+00	\N	0	\N	\N	\N	\N	\N	1019
323	mug	Reno	4	0	firm	web	ship	\N	late	1	\N	2026-11-25 10:47:46.822612+00	\N	2026-11-25 10:47:46.988982+00	\N	0	\N	\N	\N	\N	\N	1019
322	mug	Reno	2	0	firm	web	ship	\N	early	1	\N	2026-11-25 10:47:46.822094+00	\N	2026-11-25 10:47:46.989322+00	\N	0	\N	\N	\N	\N	\N	1019
353	kettle	Reno DC	1	0	firm	wholesale	ship	\N	\N	\N	\N	2026-11-25 10:47:47.368751+00	\N	\N	\N	0	\N	\N	\N	\N	\N	1038
354	grill	Reno DC	80	0	firm	web	ship	\N	\N	\N	\N	2026-11-25 10:47:47.40263+00	\N	\N	\N	0	\N	\N	\N	\N	\N	1048
355	wok	Reno DC	80	0	firm	web	ship	\N	\N	\N	\N	2026-11-25 10:47:47.403411+00	\N	\N	\N	0	\N	\N	\N	\N	\N	1048
356	wok	Reno DC	20	0	firm	web	ship	\N	\N	\N	\N	2026-11-25 10:47:47.405464+00	\N	\N	\N	0	\N	\N	\N	\N	\N	1051
390	X	Bronx	1	0	firm	web	ship	\N	O1	1	\N	2026-11-25 10:47:47.968384+00	\N	\N	\N	0	\N	\N	\N	\N	\N	1060
391	X	Bronx	1	0	firm	web	ship	\N	O2	1	\N	2026-11-25 10:47:47.968611+00	\N	\N	\N	0	\N	\N	\N	\N	\N	1060
392	X	Bronx	1	0	firm	web	ship	\N	O3	1	\N	2026-11-25 10:47:47.968721+00	\N	\N	\N	0	\N	\N	\N	\N	\N	1060
393	Y	Bronx	1	0	firm	web	ship	\N	O4	1	\N	2026-11-25 10:47:48.08558+00	\N	\N	\N	0	\N	\N	\N	\N	\N	1064
394	Y	Bronx	1	0	firm	web	ship	\N	O5	1	\N	2026-11-25 10:47:48.15653+00	\N	\N	\N	0	\N	\N	\N	\N	\N	1066
418	cap	Bronx	1	0	firm	web	ship	\N	C1	1	\N	2026-11-25 10:47:48.514055+00	\N	\N	\N	0	\N	\N	\N	\N	\N	1072
420	cap	Bronx	1	0	firm	web	ship	\N	C2	1	\N	2026-11-25 10:47:48.514575+00	\N	\N	\N	0	\N	\N	\N	\N	\N	1072
422	tee	Bronx	4	0	firm	web	ship	\N	\N	\N	\N	2026-11-25 10:47:48.82216+00	\N	\N	\N	0	\N	\N	\N	\N	\N	1077
449	vase	Bronx	2	0	released	web	pickup	\N	P-1	1	\N	2026-11-25 10:47:49.530327+00	\N	2026-11-25 10:47:49.65508+00	\N	0	\N	\N	\N	\N	\N	1102
419	mug	Reno	1	0	firm	web	ship	\N	M2	1	\N	2026-11-25 10:47:48.514402+00	\N	2026-11-25 10:47:50.242042+00	\N	0	\N	\N	\N	\N	\N	1162
417	mug	Reno	1	0	firm	web	ship	\N	M1	1	\N	2026-11-25 10:47:48.509155+00	\N	2026-11-25 10:47:50.242484+00	\N	0	\N	\N	\N	\N	\N	1162
321	mug	Bronx	1	0	released	web	ship	\N	urgent	1	\N	2026-11-25 10:47:46.81879+00	\N	2026-11-25 10:47:50.24325+00	\N	0	\N	\N	\N	\N	\N	1162
325	mug	Bronx	1	0	firm	web	ship	\N	urgent	1	\N	2026-11-25 10:47:47.011352+00	\N	2026-11-25 10:47:50.243309+00	\N	0	\N	\N	\N	\N	\N	1162
\.
COPY oms.return_row (order_id, return_id, line_no, sku, location, quantity, condition, reason, reference, actor, returned_at) FROM stdin;
O-1	1	1	mug	Bronx	1	sellable	\N	\N	postgres	2026-11-25 10:47:39.555889+00
O-1	2	1	mug	Bronx	1	sellable	did not fit	\N	Ann	2026-11-25 10:47:39.560288+00
O-1	3	1	mug	Bronx	1	damaged	broken in transit	\N	postgres	2026-11-25 10:47:39.560679+00
O-1	4	2	cup	Reno	1	sellable	\N	\N	postgres	2026-11-25 10:47:39.561163+00
\.
COPY oms.return_window (channel, return_within) FROM stdin;
web	00:00:00
\.
COPY oms.role_location (role, location) FROM stdin;
\.
COPY oms.routing_price_row (run_id, measure, location, sku, price) FROM stdin;
\.
COPY oms.routing_run_row (run_id, solver, options, orders, lines, units, shipments, unfilled_units, late_lines, distance_km, cost, moved_units, not_moved_units, skipped_orders, actor, started_at, finished_at, policy, policy_version) FROM stdin;
1	batch	{}	3	5	8	3	0	0	39.4	10.3944	0	0	0	postgres	2026-11-25 10:47:38.254597+00	2026-11-25 10:47:38.471584+00	\N	\N
2	batch	{}	5	8	13	0	13	0	0	0	0	0	0	postgres	2026-11-25 10:47:39.399956+00	2026-11-25 10:47:39.548808+00	\N	\N
3	batch	{}	5	8	13	0	13	0	0	0	0	0	0	postgres	2026-11-25 10:47:39.742274+00	2026-11-25 10:47:39.93113+00	\N	\N
4	batch	{}	5	8	13	0	13	0	0	0	0	0	0	postgres	2026-11-25 10:47:39.939943+00	2026-11-25 10:47:40.047723+00	\N	\N
5	batch	{}	11	14	19	3	15	0	4393.2	58.9324	5	0	0	postgres	2026-11-25 10:47:45.399456+00	2026-11-25 10:47:45.512404+00	\N	\N
6	batch	{}	2	2	2	0	2	0	0	0	0	0	0	postgres	2026-11-25 10:47:45.526712+00	2026-11-25 10:47:45.617779+00	\N	\N
7	batch	{"start_at": "2030-01-08 09:00-05"}	10	13	18	1	16	1	2196.6	1081.8862	0	0	0	postgres	2026-11-25 10:47:45.635916+00	2026-11-25 10:47:45.755883+00	\N	\N
8	batch	{"start_at": "2030-01-09 09:00-05"}	2	2	2	2	0	0	0	10	0	0	0	postgres	2026-11-25 10:47:45.761412+00	2026-11-25 10:47:45.861067+00	\N	\N
9	batch	{"start_at": "2030-12-24 09:00-05"}	10	13	18	7	10	1	4393.2	135533.8524	0	0	0	postgres	2026-11-25 10:47:45.87848+00	2026-11-25 10:47:46.077067+00	p	1
10	batch	{"start_at": "placed_at"}	10	13	18	5	13	0	37776.1	34.5	5	0	0	postgres	2026-11-25 10:47:46.287484+00	2026-11-25 10:47:46.465975+00	\N	\N
11	batch	{"start_at": "placed_at"}	0	0	0	0	0	0	0	0	0	0	0	postgres	2026-11-25 10:47:46.470268+00	2026-11-25 10:47:46.534875+00	\N	\N
12	batch	{}	1	1	1	0	1	0	0	0	0	0	0	postgres	2026-11-25 10:47:46.538144+00	2026-11-25 10:47:46.623878+00	\N	\N
13	batch	{}	3	3	9	0	9	0	0	0	0	0	0	postgres	2026-11-25 10:47:46.827354+00	2026-11-25 10:47:46.95575+00	\N	\N
16	batch	{}	17	20	31	0	31	0	0	0	0	0	0	postgres	2026-11-25 10:47:47.969213+00	2026-11-25 10:47:48.069058+00	\N	\N
17	batch	{}	1	1	1	0	1	0	0	0	0	0	0	postgres	2026-11-25 10:47:48.086127+00	2026-11-25 10:47:48.14532+00	\N	\N
18	batch	{}	2	2	2	0	2	0	0	0	0	0	0	postgres	2026-11-25 10:47:48.157526+00	2026-11-25 10:47:48.201361+00	\N	\N
19	batch	{}	2	2	2	0	2	0	0	0	0	0	0	postgres	2026-11-25 10:47:48.203945+00	2026-11-25 10:47:48.288893+00	\N	\N
20	batch	{}	23	26	37	0	37	0	0	0	0	0	0	postgres	2026-11-25 10:47:48.515008+00	2026-11-25 10:47:48.640278+00	\N	\N
22	batch	{}	23	26	37	0	37	0	0	0	0	0	0	postgres	2026-11-25 10:47:49.214948+00	2026-11-25 10:47:49.400877+00	\N	\N
23	batch	{}	0	0	0	0	0	0	0	0	0	0	0	postgres	2026-11-25 10:47:49.456251+00	2026-11-25 10:47:49.520133+00	\N	\N
24	batch	{}	1	1	2	1	0	0	0	0	0	0	0	postgres	2026-11-25 10:47:49.53114+00	2026-11-25 10:47:49.635296+00	\N	\N
25	batch	{}	23	26	37	0	37	0	0	0	0	0	0	cron	2026-11-25 10:47:50.09292+00	2026-11-25 10:47:50.215265+00	\N	\N
\.
COPY oms.safety_stock_rule (rule_id, channel, location, location_group, sku, tags, method, active_from, active_until, safety_stock, note, created_at) FROM stdin;
1	market	\N	\N	gift	\N	\N	\N	\N	100%	\N	2026-11-25 10:47:44.251382+00
\.
COPY oms.service (service, due_hours) FROM stdin;
slow	240
\.
COPY oms.shortfall_row (sku, location, shortfall_id, order_id, line_no, reservation_id, channel, quantity, moved, backordered, released, reason, reference, actor, resolved_at) FROM stdin;
cup	South	1	\N	\N	97	web	3	0	3	0	sale	T-2	postgres	2026-11-25 10:47:40.529455+00
mug	Bronx	33	\N	\N	324	web	1	1	0	0	count	\N	postgres	2026-11-25 10:47:46.993346+00
mug	Bronx	34	late	1	\N	web	4	4	0	0	count	\N	postgres	2026-11-25 10:47:46.993396+00
mug	Bronx	35	early	1	\N	web	2	2	0	0	count	\N	postgres	2026-11-25 10:47:46.993401+00
mug	Bronx	36	urgent	1	\N	web	2	0	2	0	count	\N	postgres	2026-11-25 10:47:46.993404+00
mug	Bronx	65	M2	1	\N	web	1	1	0	0	count	count 5	Ann	2026-11-25 10:47:50.24757+00
mug	Bronx	66	M1	1	\N	web	1	1	0	0	count	count 5	Ann	2026-11-25 10:47:50.247632+00
mug	Bronx	67	urgent	1	\N	web	2	0	2	0	count	count 5	Ann	2026-11-25 10:47:50.247635+00
\.
COPY oms.source (source, reports, excludes_reserved, excludes_shipped, lag, on_missing, limit_units, limit_percent, limit_value, note) FROM stdin;
wms	{snapshot,change,count,sale,order,receipt}	f	t	00:00:00	unchanged	50	\N	\N	\N
pos	{sale,snapshot}	f	t	00:00:00	unchanged	\N	\N	\N	\N
shop	{snapshot,change,count,sale,order,receipt}	t	t	00:00:00	unchanged	\N	\N	\N	\N
\.
COPY oms.statistics_reset_row (reset_at, actor) FROM stdin;
\.
COPY oms.stock_account (sku, location, on_hand, unavailable, reserved, w, exc) FROM stdin;
cup	Bronx	10	0	0	0	{}
pot	Bronx	10	0	0	0	{}
chair	store	5	0	0	0	{}
lamp	store	2	0	0	0	{}
chair	warehouse	10	0	0	0	{}
table	warehouse	3	0	0	0	{}
kettle	Reno DC	5	0	0	0	{}
kettle	Oakland	3	0	0	0	{}
mug	Reno	10	0	0	0	{}
cup	Reno	10	0	0	0	{}
vase	Reno	10	0	0	0	{}
vase	Bronx	100	0	0	0	{}
bowl	Bronx	100	0	0	0	{}
mug	North	10	0	0	0	{}
cup	South	20	0	0	0	{}
mug	Nowhere	3	0	0	0	{}
plate	North	7	0	0	0	{}
plate	South	5	0	0	0	{}
belt	North	10	0	0	0	{}
wallet	South	7	0	0	0	{}
wallet	North	7	0	0	0	{}
belt	South	3	0	0	0	{}
console	Reno DC	100	0	0	0	{}
handheld	Reno DC	10	0	0	0	{}
lamp	far	2	0	0	0	{}
lamp	Paris	5	0	0	0	{}
lamp	Lyon	5	0	0	0	{}
toaster	Oakland	100	0	0	0	{}
grill	Reno DC	100	0	0	0	{}
wok	Reno DC	100	0	0	0	{}
X	Bronx	5	0	0	0	{}
X	Reno	10	0	0	0	{}
Y	Bronx	5	0	0	0	{}
Y	Reno	5	0	0	0	{}
cap	Bronx	9	0	0	0	{}
tee	Bronx	9	0	0	0	{}
cap	Reno	9	0	0	0	{}
tee	Reno	9	0	0	0	{}
mug	Bronx	22	0	3	32	{}
mug	warehouse	5	0	0	0	{}
mug	South	5	0	0	0	{}
mug	store	5	0	0	0	{}
mug	far	5	0	0	0	{}
mug	depot	5	0	0	0	{}
mug	Paris	5	0	0	0	{}
mug	Lyon	5	0	0	0	{}
mug	Reno DC	5	0	0	0	{}
mug	Oakland	5	0	0	0	{}
mug	Queens	5	0	0	0	{}
\.
COPY oms.stock_delta (sku, location, id, on_hand, unavailable, reserved) FROM stdin;
cup	Bronx	1	0	0	1
pot	Bronx	1	0	0	2
cup	Bronx	2	-1	0	-1
pot	Bronx	2	-1	0	-1
pot	Bronx	3	-1	0	-1
chair	warehouse	1	0	0	2
table	warehouse	1	0	0	1
lamp	store	1	0	0	1
table	warehouse	2	0	0	1
chair	warehouse	3	0	0	1
lamp	store	3	0	0	1
chair	warehouse	4	0	0	2
table	warehouse	3	0	0	1
chair	store	1	0	0	3
chair	store	2	0	0	1
chair	warehouse	5	0	0	-1
lamp	store	4	0	0	-1
chair	warehouse	6	0	0	1
kettle	Reno DC	1	3	0	0
kettle	Reno DC	2	0	0	8
cup	Reno	1	1	0	0
cup	Bronx	3	10	0	0
cup	Bronx	4	-11	0	0
vase	Bronx	1	-8	0	0
bowl	Bronx	1	-25	0	0
mug	Reno	1	20	0	0
cup	Reno	2	20	0	0
vase	Reno	1	20	0	0
mug	Reno	2	0	0	10
cup	Reno	3	0	0	5
cup	Reno	4	-4	0	-5
mug	Reno	3	-10	0	-10
cup	Bronx	5	5	0	0
vase	Bronx	2	1	0	0
vase	Reno	2	0	0	20
vase	Reno	3	0	0	-20
vase	Reno	4	0	0	20
vase	Reno	5	-20	0	-20
vase	Reno	6	20	0	0
mug	North	1	-2	0	0
mug	North	2	892	0	0
cup	South	1	0	0	10
cup	South	2	-13	0	0
cup	South	3	0	0	-3
mug	North	3	0	0	1
mug	Reno	4	50	0	0
cup	Reno	5	7	0	0
cup	Reno	6	0	0	3
mug	Reno	5	0	0	2
cup	Reno	7	-1	0	0
mug	Reno	6	0	0	5
cup	Reno	8	0	0	1
mug	Reno	7	0	0	1
cup	Reno	9	0	0	5
belt	North	1	0	0	4
wallet	North	1	0	0	2
belt	North	6	0	0	2
belt	North	7	0	0	4
wallet	North	4	0	0	2
belt	North	8	0	0	-4
wallet	North	5	0	0	-2
belt	North	9	0	0	-2
belt	North	10	0	0	6
wallet	North	6	0	0	3
belt	South	1	0	0	3
belt	South	2	0	0	-1
wallet	South	1	0	0	1
console	Reno DC	1	0	0	1
console	Reno DC	2	0	0	1
console	Reno DC	3	0	0	1
console	Reno DC	4	0	0	10
console	Reno DC	5	-1	0	-1
console	Reno DC	6	0	0	2
console	Reno DC	7	0	0	-2
console	Reno DC	8	0	0	2
kettle	Oakland	1	10	0	0
kettle	Oakland	2	0	0	7
kettle	Oakland	3	0	0	2
kettle	Oakland	4	0	0	1
kettle	Oakland	5	0	0	3
kettle	Oakland	6	-2	0	-2
kettle	Oakland	7	6	0	0
lamp	store	5	100	0	0
lamp	store	6	0	0	1
lamp	store	7	0	0	1
lamp	store	8	0	0	1
lamp	store	9	0	0	1
lamp	store	10	0	0	1
chair	store	3	0	0	1
chair	warehouse	7	0	0	-1
chair	store	4	0	0	2
chair	warehouse	8	0	0	-2
chair	warehouse	9	0	0	2
chair	store	5	0	0	-2
lamp	store	11	0	0	-1
lamp	store	12	0	0	-1
lamp	store	13	0	0	-1
lamp	store	14	0	0	-1
lamp	store	15	0	0	1
lamp	store	16	0	0	1
lamp	store	17	0	0	1
lamp	Lyon	1	0	0	1
lamp	store	18	0	0	-1
lamp	Lyon	2	0	0	1
lamp	store	19	0	0	-1
lamp	Lyon	3	0	0	1
lamp	store	20	0	0	-1
lamp	Lyon	4	0	0	1
lamp	store	21	0	0	-1
lamp	Lyon	5	0	0	1
lamp	store	22	0	0	-1
lamp	Paris	1	0	0	1
mug	Reno	8	3	0	0
mug	Reno	9	0	0	-2
mug	Reno	10	0	0	1
mug	Reno	11	0	0	4
mug	Reno	12	0	0	2
kettle	Reno DC	3	30	0	0
kettle	Reno DC	4	0	0	1
kettle	Reno DC	5	40	0	0
toaster	Oakland	1	0	0	100
toaster	Oakland	2	0	0	-15
grill	Reno DC	1	0	0	80
wok	Reno DC	1	0	0	80
wok	Reno DC	2	0	0	20
wok	Reno DC	3	0	0	-20
wok	Reno DC	4	0	0	20
X	Bronx	4	0	0	1
X	Bronx	5	0	0	1
X	Bronx	6	0	0	1
Y	Bronx	2	0	0	1
Y	Bronx	3	0	0	1
mug	Reno	13	9	0	0
mug	Bronx	33	0	0	1
cap	Bronx	1	0	0	1
mug	Bronx	34	0	0	1
cap	Bronx	2	0	0	1
tee	Bronx	1	0	0	4
cap	Bronx	3	-1	0	0
tee	Bronx	2	-3	0	0
mug	Nowhere	1	5	0	0
mug	North	4	5	0	0
mug	Bronx	35	5	0	0
mug	Reno	14	5	0	0
vase	Bronx	3	3	0	0
vase	Bronx	4	0	0	2
vase	Bronx	5	0	0	-2
mug	Bronx	36	6	0	0
mug	Reno	15	1	0	0
mug	Bronx	37	-4	0	0
mug	Bronx	38	-28	0	0
mug	Reno	16	0	0	1
mug	Bronx	39	0	0	-1
mug	Reno	17	0	0	1
mug	Bronx	40	0	0	-1
mug	Bronx	41	0	0	-1
mug	Bronx	42	0	0	-1
\.
COPY oms.time_limit (method, location, remind_after, reroute_after, attempts, cancel_after, remind_customer_after, expire_after) FROM stdin;
ship	\N	00:30:00	02:00:00	3	7 days	\N	\N
pickup	\N	\N	\N	3	\N	01:00:00	02:00:00
\.
COPY oms.transfer_line_row (transfer_id, sku, quantity, held, shipped, received, returned) FROM stdin;
T-1	mug	10	0	10	9	0
T-1	cup	5	0	4	5	0
T-1	vase	0	0	0	1	0
T-2	vase	20	0	0	0	0
T-3	vase	20	0	20	0	20
\.
COPY oms.transfer_order_row (transfer_id, from_location, to_location, status, expected_at, reason, opened_by, opened_at, shipped_by, shipped_at, ended_by, ended_at) FROM stdin;
T-1	Reno	Bronx	received	2099-01-10 12:00:00+00	\N	planner	2026-11-25 10:47:40.226644+00	Reno	2026-11-25 10:47:40.231188+00	Ann	2026-11-25 10:47:40.257086+00
T-2	Reno	Bronx	cancelled	\N	not needed	postgres	2026-11-25 10:47:40.268724+00	\N	\N	postgres	2026-11-25 10:47:40.269178+00
T-3	Reno	Bronx	cancelled	2026-11-25 10:47:40.270122+00	the truck turned round	postgres	2026-11-25 10:47:40.269598+00	postgres	2026-11-25 10:47:40.270159+00	postgres	2026-11-25 10:47:40.27454+00
\.
SELECT pg_catalog.setval('oms.backorder_id_seq', 160, true);
SELECT pg_catalog.setval('oms.count_id_seq', 5, true);
SELECT pg_catalog.setval('oms.feed_exception_id_seq', 5, true);
SELECT pg_catalog.setval('oms.fulfillment_event_id_seq', 64, true);
SELECT pg_catalog.setval('oms.fulfillment_id_seq', 128, true);
SELECT pg_catalog.setval('oms.hold_back_id_seq', 32, true);
SELECT pg_catalog.setval('oms.incoming_id_seq', 64, true);
SELECT pg_catalog.setval('oms.location_exclusion_exclusion_id_seq', 1, false);
SELECT pg_catalog.setval('oms.movement_id_seq', 640, true);
SELECT pg_catalog.setval('oms.order_hold_id_seq', 1, false);
SELECT pg_catalog.setval('oms.rejection_id_seq', 1, false);
SELECT pg_catalog.setval('oms.reservation_id_seq', 480, true);
SELECT pg_catalog.setval('oms.return_id_seq', 32, true);
SELECT pg_catalog.setval('oms.routing_run_id_seq', 25, true);
SELECT pg_catalog.setval('oms.safety_stock_rule_rule_id_seq', 1, true);
SELECT pg_catalog.setval('oms.shortfall_id_seq', 96, true);
