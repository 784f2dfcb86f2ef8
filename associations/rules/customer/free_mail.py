"""The providers at which anybody can have a mailbox: an address there says nothing about an organization."""

# Brands whose mailboxes end in many countries' domains, each with the endings that the provider owns.
BRANDS = {
    "hotmail": """
        com at be ca ch cl co.id co.il co.in co.jp co.kr co.nz co.th co.uk co.za com.ar com.au com.br com.hk com.mx
        com.tr com.tw com.vn cz de dk es fi fr gr hu ie it lt lu lv my nl no ph pl pt ro rs se sg sk
    """,
    "outlook": """
        com at be bg ca ch cl co.id co.il co.nz co.th co.uk com.ar com.au com.br com.es com.gr com.pe com.tr com.vn
        cz de dk es fi fr gr hu ie in it jp kr lv my nl no ph pl pt ro sa se sg sk
    """,
    "live": """
        com at be ca ch cl cn co.kr co.nz co.uk co.za com.ar com.au com.br com.mx com.my com.ph com.pt com.sg com.tr
        de dk es fi fr hk hu ie in it jp nl no ph pl pt ru se
    """,
    "yahoo": """
        com at be bg ca ch cl cn co.id co.il co.in co.jp co.kr co.nz co.th co.uk co.za com.ar com.au com.br com.cn
        com.co com.hk com.mx com.my com.pe com.ph com.sg com.tr com.tw com.ua com.ve com.vn cz de dk es fi fr gr hr hu
        ie in it lt lv nl no pl pt ro rs ru se si sk
    """,
    "aol": "com at be ca ch cl co.jp co.nz co.uk com.ar com.au com.br com.mx cz de dk es fi fr hk in it nl no pl se",
    "gmx": "com at biz ca cc ch co.uk co.in com.br com.my com.tr cn de es eu fr hk ie info it li net org ph pt ru se",
    "yandex": "com az by co.il com.am com.ge com.tr com.ua de ee eu fr kg kz lt lv md pl ru tj tm ua uz",
}
PROVIDERS = """
    126.com 139.com 163.com 189.cn 21cn.com abv.bg aim.com alice.it aliceadsl.fr aliyun.com aon.at arcor.de aruba.it
    att.net autorambler.ru azet.sk bellsouth.net bigpond.com bigpond.net.au bk.ru blu.it blueyonder.co.uk
    bluewin.ch bluemail.ch bol.com.br btinternet.com btopenworld.com casema.nl centrum.cz centrum.sk charter.net
    chello.at chello.nl citromail.hu club-internet.fr comcast.net cox.net daum.net dbmail.com duck.com earthlink.net
    eircom.net email.com email.cz email.de email.it europe.com eclipso.de eclipso.eu fastmail.com fastmail.fm
    fastwebnet.it foxmail.com free.fr freemail.hu freenet.de gazeta.pl globomail.com gmail.com googlemail.com
    hanmail.net hetnet.nl hey.com home.nl hushmail.com i.ua icloud.com ig.com.br in.gr inbox.com inbox.lt inbox.lv
    inbox.ru interia.eu interia.pl internet.ru inwind.it iol.it iol.pt juno.com kabelmail.de kakao.com katamail.com
    keemail.me kpnmail.nl laposte.net lenta.ru libero.it list.ru luukku.com mac.com magenta.de mail.bg mail.com
    mail.de mail.dk mail.ee mail.ru mail.ua mailbox.org mailfence.com mailinator.com me.com meta.ua mindspring.com
    mozmail.com msn.com myrambler.ru mynet.com myyahoo.com nate.com naver.com netcourrier.com netscape.net netzero.net
    neuf.fr ntlworld.com numericable.fr o2.pl onet.eu onet.pl online.de online.no op.pl optonline.net
    optusnet.com.au orange.fr pandora.be passport.com planet.nl pm.me poczta.onet.pl post.com post.cz
    post.sk poste.it posteo.at posteo.ch posteo.de posteo.eu posteo.net posteo.org privaterelay.appleid.com
    prodigy.net.mx proton.me protonmail.ch protonmail.com qq.com quicknet.nl rambler.ru rediff.com rediffmail.com
    riseup.net ro.ru rocketmail.com runbox.com sapo.pt sbcglobal.net scarlet.be seznam.cz sfr.fr sina.cn sina.com
    skynet.be sky.com sohu.com spray.se startmail.com supereva.it t-online.de talk21.com talktalk.net telefonica.net
    telenet.be teletu.it terra.com.br terra.es tim.it tin.it tiscali.co.uk tiscali.it tlen.pl tom.com tuta.com tuta.io
    tutamail.com tutanota.com tutanota.de ukr.net uol.com.br upcmail.nl usa.com verizon.net vip.163.com vip.qq.com
    virginmedia.com virgilio.it vodafone.it voila.fr volny.cz vp.pl walla.co.il walla.com wanadoo.fr web.de
    windowslive.com wp.pl xs4all.nl ya.ru yeah.net ymail.com ziggo.nl zoho.com zohomail.com zohomail.eu zoznam.sk
"""
FREE_MAIL = frozenset(
    [*PROVIDERS.split(), *(f"{brand}.{ending}" for brand, endings in BRANDS.items() for ending in endings.split())]
)
