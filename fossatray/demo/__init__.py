"""The practice portal: a local WorkFossa look-alike for a first try and for tests.

It follows the real portal's sign-in form, markup and manners, serves made-up data on 127.0.0.1, changes between syncs
and misbehaves on request. This room stands apart: it imports no other room of FossaTray and nothing but the standard
library.
"""
