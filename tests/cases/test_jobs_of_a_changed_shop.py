"""What goes on with a shop while its access is changed goes on with the new one."""

from magazie.secret_refs import SecretRef
from magazie.storage.jobs import JobState
from tests.cases.publish_room import begin, ended, lay_out, make, skus
from tests.rules.storeroom import HOUR, Storeroom, in_storeroom

NEW_KEY = "cheie-noua"


@in_storeroom({"P1": 5})
async def test_a_job_goes_on_with_the_new_key(room: Storeroom) -> None:
    ours = await lay_out(room)
    cups = [await make(room, f"CANA-{number:02}", ours["Căni"]) for number in range(40)]
    job_id = await begin(room, cups)
    await room.until(lambda: "CANA-00" in skus(room), within_s=HOUR)
    keys = room.shop.engine.state.profile.api_keys
    keys[NEW_KEY] = ()
    await room.set_shop(api_key=SecretRef(NEW_KEY))
    await room.pass_time(1)
    for key in set(keys) - {NEW_KEY}:
        del keys[key]  # the old one is called back

    job = await ended(room, job_id)

    assert (job.state, job.result) == (JobState.DONE, '{"published":40,"refused":0}')
    assert skus(room) == sorted(["P1", *(f"CANA-{number:02}" for number in range(40))])
    assert await room.alerts("publish_refused") == []


@in_storeroom({"P1": 5})
async def test_a_job_that_was_cancelled_is_not_begun_again(room: Storeroom) -> None:
    ours = await lay_out(room)
    cups = [await make(room, f"CANA-{number:02}", ours["Căni"]) for number in range(40)]
    job_id = await begin(room, cups)
    await room.until(lambda: "CANA-00" in skus(room), within_s=HOUR)
    assert await room.service.jobs.cancel(job_id)
    room.shop.engine.state.profile.api_keys[NEW_KEY] = ()
    await room.set_shop(api_key=SecretRef(NEW_KEY))
    await room.pass_time(HOUR)
    assert len(skus(room)) < 41
