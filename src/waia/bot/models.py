"""The bot's vocabulary in one import: what a flow is made of, what a turn is, and what a decision says."""

from waia.bot.columns import parse_menu, rule_from_columns, split_steps, split_triggers
from waia.bot.flow import FlowSettings, Media, Menu, Option, Rule, Section
from waia.bot.kinds import (
    AtEnd,
    CaptureKind,
    CommandMatch,
    Condition,
    Estado,
    FirstMessage,
    FlowProfile,
    HandoverReason,
    Holder,
    MatchMode,
    ReplyCause,
    RuleKind,
    UtteranceKind,
)
from waia.bot.plugins import Plugin, PluginAnswer, PluginCall, PluginResult
from waia.bot.rulebook import RuleBook
from waia.bot.talk import ChatState, Decision, Handover, Reply, Turn, Utterance
from waia.bot.trace import Trace

__all__ = [
    "AtEnd",
    "CaptureKind",
    "ChatState",
    "CommandMatch",
    "Condition",
    "Decision",
    "Estado",
    "FirstMessage",
    "FlowProfile",
    "FlowSettings",
    "Handover",
    "HandoverReason",
    "Holder",
    "MatchMode",
    "Media",
    "Menu",
    "Option",
    "Plugin",
    "PluginAnswer",
    "PluginCall",
    "PluginResult",
    "Reply",
    "ReplyCause",
    "Rule",
    "RuleBook",
    "RuleKind",
    "Section",
    "Trace",
    "Turn",
    "Utterance",
    "UtteranceKind",
    "parse_menu",
    "rule_from_columns",
    "split_steps",
    "split_triggers",
]
