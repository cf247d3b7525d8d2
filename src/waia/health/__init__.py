"""Whether this installation is well: one set of checks for `waia doctor`, the page «Salud» and `/readyz`."""
