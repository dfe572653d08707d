"""Characters that nobody sees, as the inside of a class of a regular expression."""

WITHOUT_WIDTH = (
    "\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
"""What takes no room and draws nothing (Unicode's default ignorables): fillers, direction marks, tag characters. Not among
them: joiners and selectors of a variant, which shape the letters around them, and the soft hyphen."""
