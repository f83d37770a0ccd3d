"""The register's rows on their way into the database: never in the way of a call, and none lost while it is away."""
