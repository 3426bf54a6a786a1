-- Back from step 1: the shop's tables were its own all the time.
DROP SCHEMA adopt CASCADE;
DROP EXTENSION oms;
