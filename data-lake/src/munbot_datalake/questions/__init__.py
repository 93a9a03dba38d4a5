"""Questions over years: DuckDB over the archive's files and the rows that wait for theirs."""
