"""The screens: each turns one answer into lines on paper, and knows nothing of how the answer was found."""
