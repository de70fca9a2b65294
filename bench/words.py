"""The words of the bench: market terms first, then plain English, then a long tail, drawn by Zipf's law.

The tail makes texts as varied as real ones: 24,000 words, most of them rare.
"""

import itertools
import random
from collections.abc import Iterator


def words(text: str) -> list[str]:
    """The words of a text that is only there to be split."""
    return text.split()


FUNCTION = words(
    "the of to and a in for is on that by this with be was as are has it from at not we or were an have been which "
    "their will they but please our if all did had does who you no can these"
)

MARKET = words(
    "meter usage switch customer premise invoice transaction enrollment service date read interval cycle register "
    "effective request provider utility retailer load profile demand estimate actual reading disconnect reconnect "
    "move order reject response confirmation schedule pending cancel approval completed billing rebill credit "
    "balance charge fee tariff rate residential commercial deposit hold affidavit lease release gaining losing "
    "regain inadvertent letter agreement contract drop notice deferred payment plan dispute evaluation settlement "
    "rules gateway timeout outage sequence segment original reference number file batch inbound outbound "
    "acknowledgement mapping error code reason missing incorrect mismatch history record owner relationship account "
    "address street apartment zip city county substation feeder transformer phase voltage multiplier channel pulse "
    "solar battery temporary permit construction inspection dispatch crew technician trip ticket queue deadline "
    "holiday weekend morning escalation analyst supervisor correction resend spreadsheet attachment screenshot "
    "portal mailbox telephone contact verify investigate resolve close withdraw assign review approve decline "
    "submit"
)

ENGLISH = words(
    "about above after again ago agree all almost alone already also always among amount answer any appear area "
    "arrive ask available away back bad because before begin behind believe best better between both bring build "
    "call care cause certain change check choose clear come common complete condition consider contain continue "
    "copy correct cost count course cover current daily data day decide delay deliver detail different difficult "
    "discuss double down draw due during each early easy either else email empty end enough enter equal even event "
    "ever every exact example except expect explain extra face fact fail fall far fast few figure fill final find "
    "fine first fix follow form found free full further future general get give goal good group grow half hand "
    "happen hard head hear help high home hope hour house however idea image important improve include increase "
    "inform inside instead issue item join just keep key kind know large last late lead learn least leave left less "
    "level like line list little live local long look lose lot low main make many mark matter may mean meet member "
    "mention message middle mind minute miss month more most much must name near need never new next night none "
    "normal note nothing now occur offer office often old once only open option other outside over own page paid "
    "paper part party pass past pay people per person pick piece place point poor possible prepare present print "
    "problem process program protect public put quality quarter question quick quite raise range reach ready real "
    "receive recent refer regard remain remember remove repeat reply report require rest result return right room "
    "rule run same save school season second see seem sell send sense separate series set several shape share short "
    "show side sign similar simple since size small some soon sort sound space special stand start state stay step "
    "still stop store story strong structure such summer supply support sure system table take talk task team tell "
    "term test thank then there thing think third though through time today together tomorrow took top total toward "
    "town track travel tree trial true trust try turn twice type under until update upon use usual value various "
    "very view visit voice wait walk want warm watch water way week weight well when where while whole why wide "
    "window winter within without wonder word work world worry worth write wrong year yes yet young"
)

ONSETS = words("b br c ch cl d dr f fl g gr h j k l m n p pl pr qu r s sh st t th tr v w z")
NUCLEI = words("a e i o u ai ea ee ia io oa ou")
CODAS = words("b ck d g l lm m n nd ng nt p r rd rk rn s st t th x z")

VOCABULARY = 24_000
CONTENT_EXPONENT, CONTENT_SHIFT = 1.25, 12.0
FUNCTION_EXPONENT = 0.9
FUNCTION_SHARE, TOPICAL_SHARE = 0.38, 0.08


def zipf(count: int, exponent: float, shift: float = 1.0) -> list[float]:
    """Cumulative weights of so many ranks."""
    return list(itertools.accumulate(1.0 / (rank + shift) ** exponent for rank in range(count)))


class Vocabulary:
    """All words with their weights; the same seed gives the same words."""

    def __init__(self, seed: str) -> None:
        self.content = _content(random.Random(f"{seed}:vocabulary"))
        self._content_weights = zipf(len(self.content), CONTENT_EXPONENT, CONTENT_SHIFT)
        self._function_weights = zipf(len(FUNCTION), FUNCTION_EXPONENT)

    def text(self, rng: random.Random, count: int, topical: list[str]) -> str:
        """Sentences of about so many words; `topical` are those that this kind of issue uses more often."""
        content = iter(rng.choices(self.content, cum_weights=self._content_weights, k=count))
        function = iter(rng.choices(FUNCTION, cum_weights=self._function_weights, k=count))
        words = [self._word(rng, content, function, topical) for _ in range(count)]
        return " ".join(_sentence(words[start : start + 11]) for start in range(0, count, 11))

    @staticmethod
    def _word(rng: random.Random, content: Iterator[str], function: Iterator[str], topical: list[str]) -> str:
        chance = rng.random()
        if chance < FUNCTION_SHARE:
            return next(function)
        if chance < FUNCTION_SHARE + TOPICAL_SHARE and topical:
            return topical[int(chance * 1000) % len(topical)]
        return next(content)


def _sentence(words: list[str]) -> str:
    text = " ".join(words)
    return f"{text[0].upper()}{text[1:]}."


def _content(rng: random.Random) -> list[str]:
    words = dict.fromkeys(word for word in MARKET + ENGLISH if word not in FUNCTION)
    while len(words) < VOCABULARY:
        syllables = rng.choice((1, 2, 2, 3))
        word = "".join(rng.choice(ONSETS) + rng.choice(NUCLEI) for _ in range(syllables)) + rng.choice(CODAS)
        if len(word) >= 5:
            words.setdefault(word)
    return list(words)
