"""Facts come in: requests of many protocols and files become canonical events, or a reason why not."""
