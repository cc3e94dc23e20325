"""The one error of the database that everybody above may name."""


class DatabaseAway(RuntimeError):
    """The database does not answer, or not as it should; the text says what it said."""


class BadDatabaseUrl(ValueError):
    """DATABASE_URL names no database that can be used; the text says what would be right and holds no password."""
