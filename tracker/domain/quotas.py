"""How much may be stored, in bytes; each limit is said in the refusal, with what to do.

A sending takes 25 MB. One form holds eight of them, and all that somebody has not sent two and a half full forms: more
is a folder in the wrong place. Eighty sendings a day are more than anybody reads, and a company may have five people
who do that at once. A disk then fills in days at the fastest, and somebody looks.
"""

from dataclasses import dataclass

from tracker.domain.sentence import Sentence

MB = 1 << 20
MOST_FILES = 50
"""So many files an issue takes, for each ring of readers, and so many one form keeps for it."""


@dataclass(frozen=True, slots=True)
class Quota:
    """At most so many bytes; the code and the words that say so, of the file `name` and of `used` MB already there."""

    most: int
    code: str
    words: str

    def refusal(self, name: str, used: int) -> Sentence:
        """Why this file was not taken."""
        return Sentence(self.code, self.words, name=name, used=-(-used // MB), most=self.most // MB)


OF_A_FORM = Quota(
    200 * MB,
    "form-is-full",
    "“{name}” was not taken: a form that is not sent yet keeps at most {most} MB of files, and this one has {used}. "
    "Send it, or take a file out.",
)
OF_THE_UNSENT = Quota(
    500 * MB,
    "unsent-is-full",
    "“{name}” was not taken: your forms that are not sent yet keep {used} MB of files, and at most {most} can be kept. "
    "Send one of them, or throw one away on your home page.",
)
OF_A_PERSON = Quota(
    2048 * MB,
    "day-of-person-is-full",
    "“{name}” was not taken: you stored {used} MB in the last 24 hours, and {most} are the most. "
    "Send it tomorrow, or attach an address where it lies.",
)
OF_A_COMPANY = Quota(
    10 * 1024 * MB,
    "day-of-company-is-full",
    "“{name}” was not taken: your company stored {used} MB in the last 24 hours, and {most} are the most. "
    "Send it tomorrow, or attach an address where it lies.",
)

TOO_MANY_AT_ONCE = Sentence(
    "too-many-files-at-once",
    "At most {most} files are attached at once. Attach the others after these, or put several into one.",
    most=MOST_FILES,
)
TOO_MANY = Sentence(
    "form-has-too-many-files",
    "A form that is not sent yet keeps at most {most} files. Take one out, or put several into one.",
    most=MOST_FILES,
)
