"""Words that carry what they were made of."""

from tracker.domain.sentence import Sentence


def test_a_sentence_reads_as_its_words_and_says_what_it_was_made_of() -> None:
    told = Sentence("too-long", "A name takes {most:,} characters; this has {given}.", most=1200, given=1300)
    assert told == "A name takes 1,200 characters; this has 1300."
    assert (told.code, told.values) == ("too-long", {"most": 1200, "given": 1300})


def test_what_somebody_typed_is_no_template() -> None:
    assert Sentence("taken", "“{name}” is taken.", name="{0}") == "“{0}” is taken."
