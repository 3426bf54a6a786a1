-- From 0.1 to 0.2, what script/upgrade cannot derive: changes of tables, types and data. What stands before the
-- line below runs before the derived statements, what stands after it runs after them.

-- derived statements
