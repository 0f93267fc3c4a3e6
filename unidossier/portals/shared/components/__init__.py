"""What the templates show: frozen values that a view fills, and the geometry of the drawn ones.

One file per component; the template of the same name is in templates/components/. Nothing here reads the
clock or the database: instants come in, shares and positions come out.
"""
