"""Plans changed by hand: wishes tried on a finished run, and edited assignments adopted as a plan of their own."""
