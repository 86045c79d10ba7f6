"""The report of a frontier: what each further move buys, within its certified band."""
