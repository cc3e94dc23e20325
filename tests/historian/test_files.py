"""Long exports on both databases: each is made by one worker, kept as it was made, and let go."""

import threading
from dataclasses import replace

from app.boards.files import FileJob, FileQuestion
from app.historian.files import Files

ASKED = FileQuestion("site", "hours", "2026-11-01", "2026-11-30", "csv", "en")


def job(number: int) -> FileJob:
    return FileJob(f"{number:032x}", "ada", ASKED, number)


def test_of_many_workers_each_file_is_claimed_by_one_the_oldest_first(db) -> None:
    for number in range(12):
        Files(db).put(job(number))
    first = Files(db).claim(0, 9)
    claimed = [first.id]

    def work() -> None:
        while found := Files(db).claim(1, 9):
            claimed.append(found.id)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert first.id == job(0).id
    assert sorted(claimed) == [job(number).id for number in range(12)]


def test_a_file_is_given_back_byte_for_byte_and_deleted_in_time(db) -> None:
    files, content = Files(db), bytes(range(256)) * 4
    files.put(job(1))
    mine = files.claim(0, 9)
    assert files.ready(mine, content, 100)
    assert files.content(mine.id) == content
    assert files.job(mine.id) == replace(mine, state="ready", size=len(content), until=100)
    assert files.let_go(99) == 0
    assert files.let_go(100) == 1
    assert (files.job(mine.id), files.content(mine.id)) == (None, None)


def test_a_worker_whose_claim_ran_out_writes_nothing_more(db) -> None:
    files = Files(db)
    files.put(job(1))
    first = files.claim(0, 9)
    second = files.claim(9, 20)
    assert second.attempts == 2
    assert not files.step(first, 1, 3, 30)
    assert not files.ready(first, b"late", 30)
    assert not files.failed(first, "late", 30)
    assert files.step(second, 1, 3, 30)
    assert [(found.done, found.steps, found.until) for found in files.mine("ada")] == [(1, 3, 30)]
