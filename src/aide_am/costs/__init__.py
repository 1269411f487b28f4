"""What the post of an assistant médical costs, and what remains to pay (chapter CST)."""
