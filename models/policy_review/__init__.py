"""Everything about a policy that can be judged before it is compiled, in one pass.

``readings`` are the texts of a policy with what each may look at; ``names`` are measures, roles, labels and ids;
``effects`` asks of every line whether it can have one.
"""

from models.policy_review.every_line import review
from models.policy_review.notes import PlaceOf

__all__ = ["PlaceOf", "review"]
