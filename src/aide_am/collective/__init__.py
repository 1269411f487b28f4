"""The contrat collectif (chapter COL): its own dossier, barème and decision, under the same readings."""
