"""Two apps of the demonstration, such as foreign makers write them: one that Ward opens, one of the patient himself."""
