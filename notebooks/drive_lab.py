"""Use notebook 6 as a learner does: run it in JupyterLab and press the lab's buttons.

    pip install ".[notebooks]" selenium && apt-get install -y chromium chromium-driver
    python notebooks/drive_lab.py screenshots/

This is a check before a release. A headless browser runs all cells of a copy of the
notebook. An error is raised if a button does nothing. Look at the screenshots, too.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import tyro
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

HERE = Path(__file__).parent
SETTLED = ("return [...document.querySelectorAll('.jp-InputPrompt')]"
           ".every(prompt => !prompt.textContent.includes('*'))")


def main(screenshots: Path, port: int = 8899):
    """Drive the lab and take screenshots.

    Args:
        screenshots: folder for the screenshots.
        port: port of the JupyterLab that is started for this.
    """
    screenshots.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copytree(HERE, Path(folder) / "notebooks")
        server = subprocess.Popen([sys.executable, "-m", "jupyterlab", "--no-browser",
                                   "--allow-root", f"--port={port}", f"--ServerApp.root_dir={copy}",
                                   "--IdentityProvider.token=", "--ServerApp.password="],
                                  env={**os.environ, "PYTHONPATH": str(HERE.parent)})
        browser = open_browser()
        try:
            drive(browser, f"http://localhost:{port}/lab/tree/06_gan_lab.ipynb?reset", screenshots)
        finally:
            browser.quit()
            server.terminate()
            server.wait()


def open_browser():
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage",
                     "--window-size=1400,1250"):
        options.add_argument(argument)
    return webdriver.Chrome(options=options,
                            service=webdriver.ChromeService(shutil.which("chromedriver")))


def drive(browser, address, screenshots):
    """Run all cells, then press, play and draw; the picture must change each time."""
    # JupyterLab sometimes redraws its elements
    wait = WebDriverWait(browser, 600, ignored_exceptions=[StaleElementReferenceException])

    def find(css, having=""):
        return wait.until(lambda _: next((e for e in browser.find_elements(By.CSS_SELECTOR, css)
                                          if having in e.text), None))

    def look(name):
        browser.execute_script("document.querySelector('.widget-image')"
                               "?.scrollIntoView({block: 'center'})")
        time.sleep(1)
        browser.save_screenshot(str(screenshots / f"{name}.png"))

    def picture():
        return browser.execute_script("return document.querySelector('.widget-image').src")

    def changes(name, do):
        before = picture()
        do()
        wait.until(lambda _: picture() != before)
        look(name)
        print(f"{name}: the picture has changed")

    for _ in range(60):                              # until the server answers
        try:
            browser.get(address)
            break
        except Exception:
            time.sleep(1)
    find(".jp-Notebook .jp-Cell")
    time.sleep(5)  # until the kernel is ready and the opened notebook stands still
    look("opened")
    find(".lm-MenuBar-itemLabel", "Run").click()
    find("[data-command='runmenu:run-all']").click()
    time.sleep(5)
    wait.until(lambda _: browser.execute_script(SETTLED))
    find(".widget-image")
    look("run")
    for text in ("step D", "step G", "both"):
        changes(text, find("button", text).click)
    play = find(".widget-play button")
    changes("play", play.click)
    time.sleep(10)
    play.click()                                     # pause
    look("played")
    data = Select(find(".widget-dropdown select"))
    for name in ("two moons", "draw your own"):
        changes(name, lambda name=name: data.select_by_visible_text(name))
    changes("a cell of the board",
            browser.find_elements(By.CSS_SELECTOR, ".widget-gridbox button")[40].click)


if __name__ == "__main__":
    tyro.cli(main)
