"""The names of Pykka this runtime stands on although they are not its public API.

Pykka promises nothing about them: whoever raises its version bound looks here first.
"""

import inspect

import pykka
from pykka import messages

from magazie.actors.runtime import AsyncioActor


def test_the_seam_for_new_kinds_of_actors_is_there() -> None:
    assert pykka.Actor.__abstractmethods__ == {
        "_create_actor_inbox",
        "_create_future",
        "_start_actor_loop",
    }
    assert isinstance(inspect.getattr_static(pykka.Actor, "_create_actor_inbox"), staticmethod)
    assert isinstance(inspect.getattr_static(pykka.Actor, "_create_future"), staticmethod)


def test_an_actor_is_a_pykka_actor() -> None:
    assert issubclass(AsyncioActor, pykka.Actor)


def test_actor_stop_is_a_message_of_its_own_type() -> None:
    assert messages._ActorStop() == ()
    assert "messages._ActorStop()" in inspect.getsource(pykka.Actor.stop)
    assert "self.actor_ref.tell" in inspect.getsource(pykka.Actor.stop)


def test_the_constructor_sets_only_what_this_runtime_replaces() -> None:
    assert pykka.Actor.__init__.__code__.co_names == (
        *("uuid", "uuid4", "urn", "actor_urn", "_create_actor_inbox", "actor_inbox"),
        *("threading", "Event", "actor_stopped", "ActorRef", "_actor_ref"),
    )
    assert isinstance(pykka.Actor.actor_ref, property)


def test_a_reference_holds_only_what_this_runtime_replaces() -> None:
    assert pykka.ActorRef.__init__.__code__.co_names == (
        *("weakref", "ref", "_actor_weakref", "__class__", "actor_class"),
        *("actor_urn", "actor_inbox", "actor_stopped"),
    )


def test_a_proxy_finds_the_actor_through_the_reference() -> None:
    source = inspect.getsource(pykka.ActorProxy.__init__)
    assert "actor_ref.is_alive()" in source
    assert "actor_ref._actor_weakref()" in source
