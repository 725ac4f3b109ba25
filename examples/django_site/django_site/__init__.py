"""A Django site that knows its cluster."""
