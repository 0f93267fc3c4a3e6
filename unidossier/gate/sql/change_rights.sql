SELECT 1;  -- filled by what follows
