-- Schema trap: an operator and a function that raises for every one of pg_catalog with usual arguments, and views of the names
-- of oms's relations. In a search_path before pg_catalog it shows who looks names up there (random/calls.sh, tap/hostile.pl).
CREATE SCHEMA trap;
GRANT USAGE ON SCHEMA trap TO PUBLIC;
CREATE FUNCTION trap.sprung() RETURNS boolean LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE SQLSTATE 'TRAP1' USING MESSAGE = 'a trap sprung as ' || current_user;
END $$;
DO $$
DECLARE
    o record;
    usual oid[] := '{text,int4,int8,numeric,float8,bool,timestamptz,interval,date,jsonb,regclass,oid,anyarray,anyelement,text[],int8[]}'::regtype[]::oid[];
BEGIN
    FOR o IN SELECT oprname, oprleft::regtype AS l, oprright::regtype AS r, oprresult::regtype AS result FROM pg_operator
             WHERE oprnamespace = 'pg_catalog'::regnamespace AND oprkind = 'b' AND oprleft = ANY (usual) AND oprright = ANY (usual) AND oprresult = ANY (usual) LOOP
        EXECUTE format('CREATE FUNCTION trap.%I(%s, %s) RETURNS %s LANGUAGE plpgsql AS %L', 'op ' || o.oprname, o.l, o.r, o.result, 'BEGIN PERFORM trap.sprung(); END');
        EXECUTE format('CREATE OPERATOR trap.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = trap.%I)', o.oprname, o.l, o.r, 'op ' || o.oprname);
    END LOOP;
    FOR o IN SELECT proname, pg_get_function_identity_arguments(oid) AS arguments, prorettype::regtype AS result, proretset FROM pg_proc
             WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind = 'f' AND proargtypes::oid[] <@ usual AND provariadic = 0
               AND prorettype = ANY (usual) AND proargmodes IS NULL LOOP
        EXECUTE format('CREATE FUNCTION trap.%I(%s) RETURNS %s %s LANGUAGE plpgsql AS %L',
                       o.proname, o.arguments, CASE WHEN o.proretset THEN 'SETOF' END, o.result, 'BEGIN PERFORM trap.sprung(); END');
    END LOOP;
    FOR o IN SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace('oms') AND relkind IN ('r', 'v', 'p') LOOP
        EXECUTE format('CREATE VIEW trap.%I AS SELECT trap.sprung()', o.relname);
    END LOOP;
END $$;
