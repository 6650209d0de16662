# SPDX-License-Identifier: GPL-2.0-or-later
"""Cuts of a scenario: what an observer sees who came late, left early, or saw
one direction."""

from dataclasses import dataclass

from scenarios import USUAL, Verdict


@dataclass
class Cut:
    """Which rows of a scenario are kept, and what is to be said then."""
    base: str
    keep: object                        # function (row) -> bool
    verdicts: tuple


MID_STREAM = Verdict('mid-stream', '4-way', 'client')

CUTS = {
    'midstream_no_handshake':
        Cut('close4_client_first', lambda row: row['n'] >= 4, (MID_STREAM,)),
    'midstream_from_synack':
        Cut('close4_client_first', lambda row: row['n'] >= 2, (MID_STREAM,)),
    'capture_ends_established':
        Cut('close4_client_first', lambda row: row['n'] <= 7,
            (Verdict('3-way', 'open', ''),)),
    'capture_ends_fin_wait2':
        Cut('close4_client_first', lambda row: row['n'] <= 9,
            (Verdict('3-way', 'half-closed', 'client'),)),
    'one_direction_client_only':
        Cut('close4_client_first', lambda row: row['dir'] == 'A',
            (Verdict(None, None, 'client'),)),
    'one_direction_server_only':
        Cut('close4_client_first', lambda row: row['dir'] == 'B',
            (Verdict('mid-stream', None, None),)),
    'data_segment_not_captured':
        Cut('close4_client_first', lambda row: row['n'] != 6, (USUAL,)),
}
