"""Following a complaint without a login: by folio and the end of one's RUT."""
