"""Paragraphs of a made-up story, for tests of pages."""

FIRST = (
    "The council of Brandholm voted on Monday to rebuild the tunnel that burned in January, and the work will take two "
    "years and cost forty million crowns, the mayor, Anna Keller, told reporters after the meeting."
)
SECOND = (
    "Trains go by the old line along the river until then, which makes the journey to the capital half an hour longer, "
    "the railway company said in a statement that it sent to all of its regular passengers."
)
