"""A real browser ends with its run, also when it is stopped and nobody is left who started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from fossatray.system.processes import child_environment, end_tree, remove_run_folder

pytestmark = pytest.mark.browser

SCRAPE = """
import sys
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=sys.argv[1], chromium_sandbox=sys.argv[2] == "sandbox")
    page = browser.new_page()
    page.set_content("<p>here</p>")
    print(page.inner_text("p"), flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("how", ["whole", "stopped", "orphaned"])
def test_nothing_of_a_run_is_left(how: str, browser_path: Path, own_home: Path) -> None:
    runs = own_home / "runs"
    folder = runs / "r1"
    folder.mkdir(parents=True)
    sandbox = "sandbox" if os.getuid() else "no sandbox"
    scrape = subprocess.Popen(
        [sys.executable, "-c", SCRAPE, str(browser_path), sandbox],
        env=child_environment(run_folder=folder),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert scrape.stdin is not None
    assert scrape.stdout is not None
    try:
        assert scrape.stdout.readline() == b"here\n"
        family = psutil.Process(scrape.pid).children(recursive=True)
        browsers = [process for process in family if "chrom" in process.name() or "headless" in process.name()]
        assert len(browsers) >= 2
        for process in browsers if how != "whole" else []:
            process.send_signal(signal.SIGSTOP)
        if how == "orphaned":
            for process in (psutil.Process(scrape.pid), *(p for p in family if p not in browsers)):
                process.kill()
            scrape.wait()
        assert end_tree(scrape.pid, run_folder=folder) == []
    finally:
        scrape.kill()
        scrape.wait()
        scrape.stdin.close()
        scrape.stdout.close()
    assert [process for process in family if process.is_running() and process.status() != psutil.STATUS_ZOMBIE] == []
    assert remove_run_folder(folder, runs=runs)
