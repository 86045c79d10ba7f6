"""What people touch: commands, tables, reports and the record of who owned what."""
