from threading import Thread

from pipelines.adapters.calls.meter import Meter


def test_it_counts_from_many_threads() -> None:
    meter = Meter(price_per_1000=0.15)

    def work() -> None:
        for _ in range(500):
            meter.answered(1.5)
            meter.failed("time-out")
            meter.retried()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (meter.calls, meter.answers, meter.retries, meter.timeouts) == (4000, 2000, 2000, 2000)
    assert len(meter.milliseconds) == 2000
    assert meter.cost_usd == 2000 * 0.15 / 1000
    assert meter.sentence() == "2,000 of 4,000 calls failed (2,000 time-out)."


def test_failed_calls_cost_nothing_and_no_price_is_no_cost() -> None:
    meter = Meter()
    meter.answered(1.0)
    assert meter.cost_usd == 0
    assert meter.sentence() == ""
    meter.price_per_1000 = 100.0
    meter.failed("throttled")
    assert meter.cost_usd == 0.1
    meter.batched(1000)
    assert meter.cost_usd == 100.1
