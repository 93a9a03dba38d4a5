"""Every event once, without what is personal: first rows in PostgreSQL, then Parquet files and a catalogue of them."""
