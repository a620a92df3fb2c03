"""Plays the scenarios of clients that others wrote, each against a town of its own. Usage: play.py PROGRAM"""

import pathlib
import subprocess
import sys
import time

import play_mastodon_py
from town import PASSWORD, Town

HERE = pathlib.Path(__file__).parent


def play_masto(origin):
    subprocess.run(["node", HERE / "play_masto.mjs", origin, PASSWORD], check=True)


SCENARIOS = {"Mastodon.py": play_mastodon_py.play, "masto.js": play_masto}


def main(program):
    for name, play in SCENARIOS.items():
        with Town(program) as town:
            for resident in ("marie", "jean"):
                town.resident(resident)
            start = time.monotonic()
            play(town.origin)
            print(f"{name}: {time.monotonic() - start:.1f} s")


main(*sys.argv[1:])
