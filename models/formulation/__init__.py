"""From org and policy to the mathematics: units, candidates, costs and coupling rows."""
