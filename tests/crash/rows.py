"""Which tests show which row of the failure matrix, on which database, and in which size."""

from dataclasses import dataclass

LITE, MARIA, BOTH = "SQLite", "MariaDB", "both"


@dataclass(frozen=True)
class Row:
    """`ci` is the size on every submission, `soak` that of all of `make soak`; `tests` are functions."""

    ids: str
    what: str
    database: str
    ci: str
    soak: str
    tests: tuple[str, ...]


KILLED_ANYWHERE = (
    "test_a_process_killed_at_any_point_loses_and_repeats_nothing",
    "test_a_process_killed_around_a_turn_decides_it_once",
    "test_a_process_killed_over_poison_gives_up_the_poison_alone",
    "test_a_process_killed_at_its_own_business_begins_it_anew",
)
ROWS = (
    Row("N1, N2", "kill -9 at random, repeated webhooks, trouble at Graph", LITE, "60 kills", "1,000 kills",
        ("test_random_kills_on_sqlite_lose_and_double_nothing",)),
    Row("N1, N2", "the same: web and two workers, each alone", MARIA, "60 kills", "1,000 kills",
        ("test_random_kills_on_mariadb_lose_and_double_nothing",)),
    Row("N2", "no duplicate while statuses come within the window; one that cannot be helped is flagged", BOTH, "2",
        "2", ("test_a_lost_answer_is_settled_by_its_status_and_the_next_reply_keeps_its_place",
              "test_an_unknown_reply_of_the_bot_is_sent_once_more_and_a_duplicate_shows")),
    Row("N3, F1, F2, F4, F6", "kill -9 at each failpoint of the road", LITE, "30 points", "30 points",
        (*KILLED_ANYWHERE, "test_every_point_of_the_source_is_killed_by_a_test")),
    Row("N3, F1, F2, F4, F6", "kill -9 at failpoints", MARIA, "7 points", "30 points",
        ("test_a_process_killed_on_mariadb_loses_and_repeats_nothing",)),
    Row("N4", "eight planted bugs are noticed", LITE, "8", "8", ("test_a_planted_bug_is_noticed",)),
    Row("N5, F3", "200 only after the sync of the log, by system calls", LITE, "1,000 requests", "5,000 requests",
        ("test_200_only_after_fsync",)),
    Row("F3", "the server's two variables, at start", MARIA, "1", "1",
        ("test_a_server_that_forgets_the_last_second_is_refused_with_one_line",
         "test_a_binary_log_that_forgets_is_noticed")),
    Row("F4", "a quiet window survives a kill", BOTH, "1", "1", ("test_a_quiet_window_survives_a_killed_process",)),
    Row("F5", "a worker that stands still is fenced out", MARIA, "4 points", "4 points",
        ("test_a_worker_that_stands_still_in_a_transaction_holds_nobody_up",
         "test_a_sender_that_stood_still_before_its_request_sends_nothing",
         "test_an_answer_that_comes_after_the_lease_changes_nothing")),
    Row("F5", "a whole process stands still", LITE, "1", "1", ("test_a_whole_process_that_stood_still_goes_on",)),
    Row("F7", "kill -9 around a file; a decoder dies with its process", LITE, "15 points", "15 points",
        ("test_a_process_killed_at_any_point_of_a_file_leaves_it_whole_and_alone",
         "test_a_process_killed_around_an_upload_sends_the_file_once",
         "test_a_process_killed_while_it_makes_a_file_ready_leaves_no_row_of_it",
         "test_a_decoder_dies_with_the_process_that_started_it")),
    Row("F7", "kill -9 while a file is recorded", MARIA, "1 point", "1 point",
        ("test_a_process_killed_on_mariadb_leaves_the_file_whole_and_alone",)),
    Row("F9", "kill -9 at steps of the migrations", BOTH, "every 20th step", "every 3rd step",
        ("test_a_start_killed_at_any_step_of_its_migrations_is_finished_by_the_next",)),
    Row("N7, F8", "ready again after kill -9", LITE, "15,000 waiting", "100,000 waiting",
        ("test_a_restart_is_ready_soon_although_much_waits",)),
    Row("N7", "a backlog is worked in order", BOTH, "1,000 items", "10,000 items",
        ("test_a_backlog_is_worked_in_order",)),
    Row("F8", "everything is killed at once", BOTH, "3 times", "20 times",
        ("test_everything_is_killed_at_once_and_goes_on",)),
    Row("N8, F46", "a polite stop with 500 open pages and traffic", LITE, "1", "12",
        ("test_a_stop_with_500_open_pages_and_traffic_is_quick_and_loses_nothing",
         "test_the_second_signal_does_not_wait")),
    Row("N8", "a polite stop in the middle of a send, workers included", BOTH, "1", "1",
        ("test_a_stop_in_the_middle_of_a_send_waits_for_its_answer",)),
    Row("N9, F10", "the database is killed under load", MARIA, "3 kills", "40 kills",
        ("test_the_database_is_killed_under_load_and_nothing_is_lost",)),
    Row("F11", "a connection dies at COMMIT", MARIA, "14 cuts", "14 cuts",
        ("test_a_connection_that_dies_during_commit_changes_nothing",)),
    Row("F12", "deadlock, lock wait", MARIA, "1", "1",
        ("test_a_deadlock_runs_the_whole_transaction_again",
         "test_a_row_that_stays_locked_is_503_in_three_seconds_and_others_go_on")),
    Row("N9, F12, F13", "a write lock of 2 s and of 6 s", LITE, "1", "1",
        ("test_a_lock_of_two_seconds_is_waited_for",
         "test_a_lock_that_stays_is_503_in_three_seconds_and_pages_are_read_meanwhile")),
    Row("F14", "every writing transaction begins as one", LITE, "1", "1",
        ("test_every_transaction_that_writes_says_so_at_its_start",)),
    Row("N9, F15, F16", "disk full, file-size limit", LITE, "5 times", "40 times",
        ("test_disk_full_is_503_and_heals_by_itself",
         "test_a_file_that_may_not_grow_is_503_and_heals_by_itself")),
    Row("F17", "disk full (media)", LITE, "1", "1",
        ("test_a_full_disk_costs_a_wait_and_an_upload_says_so",
         "test_an_upload_onto_a_full_disk_answers_507_and_leaves_nothing")),
    Row("F26", "one webhook 50 times in parallel", BOTH, "50", "50",
        ("test_a_batch_delivered_50_times_in_parallel_counts_once",)),
    Row("F26", "the same over two web processes", MARIA, "50", "50", ("test_same_wamid_50_parallel_one_row",)),
    Row("F27", "webhooks in any order in the quiet window", LITE, "6 orders", "6 orders",
        ("test_in_every_order_of_arrival_the_bot_reads_them_by_metas_time",)),
    Row("N13, F28", "statuses in any order, twice, before and after the record", BOTH, "96", "96",
        ("test_in_every_order_the_ticks_end_at_read",
         "test_a_status_that_comes_before_the_answer_to_the_send_counts")),
    Row("F28", "statuses of strangers are kept a month", BOTH, "1", "1",
        ("test_after_a_month_only_what_meta_may_still_repeat_is_remembered",)),
    Row("F29", "several entries, changes and kinds in one body", LITE, "1", "1",
        ("test_a01_every_message_of_a_post_is_stored_and_answered",
         "test_batch_mixed_entries_changes_messages_statuses")),
    Row("F30", "the machine's clock jumps; odd times of Meta's", LITE, "3 jumps", "3 jumps",
        ("test_what_waits_goes_on_after_a_jump",
         "test_a_message_with_an_odd_time_is_stored_shown_and_in_its_place")),
    Row("F30", "ten years on and back", MARIA, "1", "1",
        ("test_ten_years_on_and_back_nothing_is_lost_and_nobody_is_left_alone",)),
    Row("F31", "a body that is too large", LITE, "10", "10",
        ("test_a_body_that_is_too_large_is_refused_at_once_and_fills_no_memory",)),
    Row("N10, F32", "forged signatures", LITE, "10,000", "100,000", ("test_forged_signatures_10000",)),
    Row("N11, F33", "odd bodies", BOTH, "18", "18",
        ("test_odd_bodies_are_taken_and_what_is_good_in_them_is_stored",)),
    Row("N11, F33", "damaged bodies", LITE, "5,000", "30,000",
        ("test_damaged_bodies_are_taken_and_their_valid_siblings_stored",)),
    Row("F34", "10,000 items in one body", LITE, "1", "1",
        ("test_ten_thousand_items_in_one_body_hold_up_nobody_for_long",)),
    Row("N21", "half load for long", LITE, "-", "6 minutes", ("test_half_load_for_long_leaves_no_trace",)),
)  # fmt: skip
