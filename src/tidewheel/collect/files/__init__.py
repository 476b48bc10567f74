"""Facts from files: tables of many formats are read, guessed at, shown, and imported row by row."""
