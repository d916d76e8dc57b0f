"""Import: propose a recipe, and turn the rows of any source into events, step by step."""
