"""Lesson text → safe HTML, and what else a page needs of it: blocks, headings, exercises, problems.

Pure: knows strings, mistune and the sanitiser; nothing of files, requests, clocks or the catalogue.
`render.compile_lesson` is the way in, `document` is what comes out, `docs/author.en.md` is the syntax.
"""
