"""What the portal's web site is like; runs inside the scrape process, which alone imports Playwright."""
