"""Short forms whose full stop does not end a sentence, and words that begin one. Lower case, without the last stop.

Lists of our own, for the languages that write most of the news; `*` holds for all.
"""

from __future__ import annotations

from collections.abc import Mapping


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


NEVER_END: Mapping[str, frozenset[str]] = {
    "*": _set("mr mrs ms dr prof st gen col capt lt sgt cmdr adm sen rep gov hon rev fr vs no nos vol fig cf ca"),
    "en": _set(
        "messrs mx maj brig cpl pvt det insp supt supr sr. pres amb atty asst assoc dept univ mt ft pp approx est "
        "jan feb mar apr aug sept sep oct nov dec mon tue tues wed thu thur thurs fri sat sun ave blvd rd e.g i.e viz"
    ),
    "de": _set(
        "bzw ca evtl ggf inkl nr hr fr frl dipl ing str tel vgl z.b d.h u.a z.t o.ä i.d.r zz zzt sog geb gest abs art "
        "jan feb mär apr aug sept okt nov dez bspw max min mind mio mrd allg dt engl frz op s.o v.a v.chr n.chr"
    ),
    "fr": _set("m mm mme mmes mlle me mgr dr pr p.ex c.-à-d env janv févr avr juil sept oct nov déc art av bd"),
    "es": _set("sr sra srta sres d dña dr dra prof ud uds gral cnel núm pág av avda art aprox p.ej ee.uu"),
    "it": _set("sig sig.ra sig.na dott dott.ssa prof ing avv on sen mons art pag es ecc. n ca gen feb mar apr ago"),
    "pt": _set("sr sra srta dr dra prof profa exmo exma eng gen cel av art pág núm p.ex aprox"),
    "nl": _set("dhr mevr mw dr drs ir ing mr prof bijv d.w.z o.a m.a.w t.a.v nr ca blz jl"),
    "sv": _set("t.ex bl.a dvs m.fl d.v.s s.k f.d kl nr ca resp jan feb aug sept okt nov dec"),
    "da": _set("f.eks bl.a dvs ca nr kl pga mfl s.u jan feb aug sept okt nov dec"),
    "no": _set("f.eks bl.a dvs ca nr kl pga mfl jan feb aug sept okt nov des"),
    "fi": _set("esim ns mm klo nro prof dos toim"),
    "pl": _set("np tzn tzw m.in ok nr ul al pl prof dr hab inż mgr gen płk św ks im godz tys mln mld str"),
    "cs": _set("např tzv mj tj č str ul nám prof dr ing mgr gen sv p pí tis mil mld"),
    "ru": _set("г гг ул д стр т.е т.к т.д т.п им проф акад руб коп тыс млн млрд см напр св р"),
    "uk": _set("р рр вул д стор т.зв ім проф акад грн коп тис млн млрд див напр св м"),
    "tr": _set("dr prof doç av sn vb vs yy hz no cad sok"),
    "hu": _set("dr prof pl kb stb ill ún u sz"),
    "ro": _set("dl dna dr prof nr str art pag aprox"),
}
"""Titles and the like: something always follows."""

MAY_END: Mapping[str, frozenset[str]] = {
    "*": _set("etc jr sr inc corp ltd co llc plc bros a.m p.m"),
    "de": _set("usw usf etc uhr jh jhd"),
    "es": _set("etc s.a cía"),
    "fr": _set("etc cie"),
    "it": _set("ecc s.p.a s.r.l"),
    "pt": _set("etc ltda s.a"),
    "nl": _set("enz"),
    "sv": _set("m.m osv etc"),
    "da": _set("osv m.m"),
    "no": _set("osv m.m"),
    "pl": _set("itd itp"),
    "cs": _set("atd apod"),
    "ru": _set("др пр"),
    "uk": _set("ін"),
}
"""They end a sentence only where a word follows that begins one."""

STARTERS: Mapping[str, frozenset[str]] = {
    "en": _set(
        "the a an he she it they we i you this that these those his her its their our my in on at by for from with "
        "after before when while as if but and or so however although since there here what who how why where "
        "according asked meanwhile also once last earlier then now both some many most all no not officials police"
    ),
    "de": _set(
        "der die das den dem ein eine er sie es wir ich ihr sein seine ihre dieser diese dieses in im am an auf bei "
        "nach vor mit von zu zum zur für aber und doch auch als wenn weil da dort dann so was wer wie wo nun damit"
    ),
    "fr": _set("le la les un une il elle ils elles nous vous je on ce cette ces dans en à après avant mais et pour"),
    "es": _set("el la los las un una él ella ellos en a de por para con pero y según tras este esta esto se no su"),
    "it": _set("il lo la i gli le un una in nel nella a di da per con ma e secondo dopo questo questa si non"),
    "pt": _set("o a os as um uma ele ela eles em no na de por para com mas e segundo após este esta isso não se"),
    "nl": _set("de het een hij zij ze wij we ik dit dat deze die in op bij na voor met van maar en ook als volgens"),
    "sv": _set("den det de en ett han hon vi jag i på vid efter före med av men och också när enligt här där så"),
    "da": _set("den det de en et han hun vi jeg i på ved efter før med af men og også når ifølge her der så"),
    "no": _set("den det de en et han hun vi jeg i på ved etter før med av men og også når ifølge her der så"),
    "pl": _set("w na z po do od dla i a ale to ten ta te on ona oni jak gdy kiedy nie jest według"),
    "cs": _set("v na z po do od pro i a ale to ten ta on ona oni jak když není je podle"),
    "ru": _set("в на с по к от для и а но это этот он она они мы я как когда не по"),
    "uk": _set("в у на з по до від для і а але це цей він вона вони ми я як коли не за"),
}
"""Words that begin a sentence after a short form, as names seldom do."""

ORDINAL_DOT = _set("de da no nb nn fi cs sk pl hu hr sr sl et lv tr is")
"""Languages that write ordinals with a stop: «3. März»."""

SPEECH_VERBS = _set(
    "said says asked asks told tells added wrote writes replied shouted tweeted joked continued exclaimed recalled "
    "wondered insisted sagte fragte sagt fragt dit demanda dijo preguntó disse chiese"
)
"""After a question or an exclamation in quotation marks, they go on with its sentence."""
