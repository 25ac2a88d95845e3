"""Recipes in plain text."""
