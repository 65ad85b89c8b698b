"""One folder for each platform Parcelbridge speaks with."""
