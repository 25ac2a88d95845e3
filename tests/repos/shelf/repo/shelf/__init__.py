"""A shelf of books in a plain text file."""
