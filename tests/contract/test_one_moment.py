"""A reader sees one moment of the database, whatever is stored while it reads."""

from sqlalchemy import func, select

from sync.central.store.database import reading
from sync.central.store.schema import responses
from tests.support.wire import CentreUnderTest, numbered, store_unasked

COUNT = select(func.count()).select_from(responses)


def test_a_reader_does_not_see_what_is_stored_between_two_of_its_statements(central: CentreUnderTest) -> None:
    visits = numbered(5)
    store_unasked(central, visits[:2])
    with reading(central.engine) as connection:
        assert connection.execute(COUNT).scalar_one() == 2
        store_unasked(central, visits[2:])
        assert connection.execute(COUNT).scalar_one() == 2
    with reading(central.engine) as connection:
        assert connection.execute(COUNT).scalar_one() == 5


def test_a_connection_that_has_read_can_write_again(central: CentreUnderTest) -> None:
    with reading(central.engine) as connection:
        connection.execute(COUNT).scalar_one()
    store_unasked(central, numbered(1))
    with reading(central.engine) as connection:
        assert connection.execute(COUNT).scalar_one() == 1
