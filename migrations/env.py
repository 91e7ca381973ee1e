"""Runs the migrations on the writing engine of the application that asks for them."""

from alembic import context

from stream.db import Base, write_engine

with write_engine().connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
