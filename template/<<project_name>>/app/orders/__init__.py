"""What users order: placed at the catalogue's prices, then confirmed or cancelled."""
