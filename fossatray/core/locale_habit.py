"""How a locale writes times of day and days of the year, without Qt and whether or not the system has the locale.

The window and the command line share this rule, so that both say the same. What it knows is what the Unicode Common
Locale Data Repository says, as Qt has it; a test compares every locale that Qt knows.
"""

from __future__ import annotations

from dataclasses import dataclass

_NO_LOCALE = frozenset({"", "C", "POSIX"})


@dataclass(frozen=True, slots=True)
class Habit:
    """Whether hours count to twelve ("2:00 PM"), and whether the month comes before the day ("Nov 23")."""

    twelve_hours: bool = True
    month_first: bool = True


def habit_of(name: str) -> Habit:
    """Return the habit of a locale such as "en_GB.UTF-8"; none, or C, says nothing and counts as the English of the US.

    Of a territory that is not known, or not named, it is that of the language.
    """
    plain = name.partition(".")[0].partition("@")[0]
    if plain in _NO_LOCALE:
        return Habit()
    language, *rest = plain.replace("-", "_").split("_")
    known = f"{language.lower()}_{rest[-1].upper() if rest else ''}"
    return Habit(
        _says(known, _TWELVE_HOURS, _TWELVE_HOURS_OTHERWISE),
        _says(known, _MONTH_FIRST, _MONTH_FIRST_OTHERWISE),
    )


def _says(name: str, languages: frozenset[str], otherwise: frozenset[str]) -> bool:
    return (name.partition("_")[0] in languages) != (name in otherwise)


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TWELVE_HOURS = _names(
    """
    aa ak am ar as bal bem bgc bho bn brx byn ccp ceb chr cic ckb csw doi dz ee el en fil gaa gez gu haw hi iu
    kab km kn ko kok kpe ks kxv lkt mai mi ml mni moh mr ms mus naq nus ny om or osa pa qu raj sa sat sd sid so
    sq ssy syr ta te ti tig to tpi trv trw ur vai wal xnr yue
    """
)
_TWELVE_HOURS_OTHERWISE = _names(
    """
    af_NA ar_IL ar_KM ar_MA bo_IN ckb_IR ee_TG en_150 en_AI en_AT en_BE en_BI en_BW en_BZ en_CC en_CH en_CK
    en_CM en_CX en_CZ en_DE en_DG en_DK en_EE en_ES en_FI en_FK en_FR en_GB en_GE en_GG en_GI en_GS en_HU en_ID
    en_IE en_IL en_IM en_IO en_IT en_JE en_JP en_KE en_LT en_LV en_MG en_MS en_MT en_MU en_MV en_NF en_NG en_NL
    en_NO en_NR en_NU en_PL en_PN en_PT en_RO en_RW en_SC en_SE en_SH en_SI en_SK en_SX en_TK en_TV en_TZ en_UA
    en_UG en_ZA en_ZW es_419 es_AR es_BO es_CL es_CO es_CR es_CU es_DO es_EC es_GT es_HN es_MX es_NI es_PA es_PE
    es_PH es_PR es_PY es_SV es_US es_UY es_VE ff_GH ff_GM ff_LR ff_MR ff_SL fr_DJ fr_DZ fr_MR fr_SY fr_TD fr_TN
    fr_VU ha_GH ko_CN kpe_GN lrc_IQ ms_ID ne_IN om_KE ps_PK pt_MO rhg_BD so_KE sq_MK sq_XK ss_SZ st_LS ta_LK
    tr_CY yrl_CO yrl_VE yue_CN zh_HK zh_MO zh_MY zh_SG zh_TW
    """
)
_MONTH_FIRST = _names(
    """
    aa ann arn bgc bgn bho blo blt bo bss cch ce ceb chr cic ckb cop csw cv dz ee en eu fil gaa gn hu hy ii io
    iu ja jbo jgo kaa kaj kcg ken kn ko kpe ks lkt lrc lt mdf mgo ml mn mni moh mus my myv mzn ne nqo nr nso nv
    ny om or osa pi pis ps quc raj rhg rw sah sd sdh se shn si sid sma smj smn sms sn so ss ssy st tn tok trv ts
    ve vo wa wbp xh yue za zh zu
    """
)
_MONTH_FIRST_OTHERWISE = _names(
    """
    az_IQ az_IR az_TR en_001 en_150 en_AE en_AG en_AI en_AT en_AU en_BB en_BE en_BM en_BS en_BW en_BZ en_CC
    en_CH en_CK en_CM en_CX en_CY en_CZ en_DE en_DG en_DK en_DM en_EE en_ER en_ES en_FI en_FJ en_FK en_FM en_FR
    en_GB en_GD en_GE en_GG en_GH en_GI en_GM en_GS en_GY en_HK en_HU en_ID en_IE en_IL en_IM en_IN en_IO en_IT
    en_JE en_JM en_KE en_KI en_KN en_KY en_LC en_LR en_LS en_LT en_LV en_MG en_MO en_MS en_MT en_MU en_MV en_MW
    en_MY en_NA en_NF en_NG en_NL en_NO en_NR en_NU en_NZ en_PG en_PK en_PL en_PN en_PT en_PW en_RO en_RW en_SB
    en_SC en_SD en_SE en_SG en_SH en_SI en_SK en_SL en_SS en_SX en_SZ en_TC en_TK en_TO en_TT en_TV en_TZ en_UA
    en_UG en_VC en_VG en_VU en_WS en_ZA en_ZM en_ZW ha_SD ku_IQ ku_IR se_FI
    """
)
