"""Human evaluation: pairs, blinded, side by side; and what the choices say."""
