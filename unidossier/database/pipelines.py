"""Several transactions in one pipeline, without a statement that begins or ends them; and what broke one."""

from psycopg import AsyncPipeline, Error, Pipeline
from psycopg.errors import PipelineAborted


def end_transaction(pipeline: Pipeline | AsyncPipeline) -> None:
    """Commit what was sent since the last end, without waiting; what follows is a transaction of its own.

    Of a connection in autocommit. The protocol's Sync ends an implicit transaction (PostgreSQL 18, section 54.2.4); the
    pipeline's own end is one too. `Pipeline.sync()` would do the same and wait for the answers: a second round trip.
    """
    pipeline.command_queue.append(pipeline.pgconn.pipeline_sync)
    pipeline.result_queue.append(None)


def first_fault(fault: Error) -> Error:
    """Return what broke the pipeline when `fault` only says that a statement behind it was skipped.

    An answer that arrives before all was sent is raised at once; what the skipped ones answer is raised over it.
    """
    while isinstance(fault, PipelineAborted) and isinstance(fault.__context__, Error):
        fault = fault.__context__
    return fault
