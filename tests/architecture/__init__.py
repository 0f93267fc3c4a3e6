"""What must stay true of the source: who knows whom, what is translated, what each column holds, what documents promise."""
