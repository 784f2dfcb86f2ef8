"""The program guide in the platform admin's hands: editions, their parts, and what becomes of them."""

from associations.admin.program_guide import editions, parts

__all__ = ["editions", "parts"]
