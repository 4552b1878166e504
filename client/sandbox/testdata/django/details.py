"""Records what Django answers to requests about details of Python, one a line:

    /usr/bin/python3 details.py > ../django_details.jsonl

It needs what record.py needs.
"""

from record import ADA, AGENTS, LOGS, MENTOR, ORG, agent, record, service

service.prepare([("ada", ADA, True)], MENTOR)
record("POST", AGENTS, agent())
record("POST", AGENTS, agent(title="Second"))

NUMS=["1","01"," 1","1 ","+1","-1","1_0","_1","1_","1__0","\u0661","\u0967","1\u0661","\uff11","\U0001d7cf","\u00b2","1\u00a0","\u20031","++1","+-1","+ 1","-0","1.0","1.","1.00","1.5","1e2","1e0","0x1","0b1","0o1","1\x1c","\x1f1","9"*30,"1\u0966.0","\u06601","1.\u0660","\u2460","½","Ⅷ","一","1,0","nan","inf","Infinity","-inf","1_000.0","  1.0  ","1\n","\t1","1\x00","1\u200b"]
for n in NUMS:
    record("PATCH", AGENTS+"1/", {"parent_mentor_id": n})
    record("PATCH", AGENTS+"1/", {"previous_agent": n})
    record("GET", AGENTS+"?parent_mentor_id="+n)
    record("GET", AGENTS+"?previous_agent="+n)
    record("GET", AGENTS+"?page="+n)
    record("GET", AGENTS+"?page_size="+n)
    record("GET", LOGS+"?periodic_agent="+n)
    record("GET", ORG+"?department_id="+n)
    if "/" not in n and "?" not in n: record("GET", AGENTS+n.replace("#","")+"/")
for t in ["0001-01-01T00:00:00Z","0001-01-01T00:00:00","0001-01-01T00:00:00.000001Z","0001-01-01T00:00:00+01:00","0001-01-01T00:00:00-01:00","0001-01-02","9999-12-31T23:59:59Z","9999-12-31T23:59:59.999999Z","9999-12-31T23:59:59-01:00","0000-01-01T00:00:00Z","2026-1-5T9:0Z","2026-01-05 09:00","2026-01-05t09:00:00z","2026-01-05T24:00:00Z","2026-01-05T09:00:60Z","2026-01-05T09:00:00.1234567Z","2026-01-05T09:00:00,5Z","\u0662\u0660\u0662\u0666-01-05T09:00:00Z","2026-01-05T09:00:00+24:00","2026-01-05T09:00:00+23:59","2026-01-05T09:00:00-00:00","2026-01-05T09:00:00+0100","2026-01-05T09:00:00+01","2026-01-05T09","2026-W01-1T09:00:00Z","20260105T090000Z","2026-01-05T09:00:00 Z"," 2026-01-05T09:00:00Z","2026-01-05T09:00:00Z ","2026-02-30T09:00:00Z",""]:
    record("PATCH", AGENTS+"1/", {"task":{"start_time": t}})
for a in ["application/json","APPLICATION/JSON","Application/*","*/*","application/json; charset=utf-8","application/json;indent=4","application/json; indent=4","text/html","text/html,application/json;q=0","application/json;q=0","*/json","application/","application","",",",";","application/json;version=2","application/json; q=x","text/*, application/json","application/JSON;Charset=UTF-8", "application/json;indent=", "application/json; indent=9", "*", "*;q=0.1","application/*;indent=2"]:
    record("GET", AGENTS+"1/", Accept=a)
UUID_NUMBER = int(MENTOR.replace("-",""),16)
for m in [UUID_NUMBER,str(UUID_NUMBER),-1,UUID_NUMBER+1,2**128,1.0,True,False,[],{},MENTOR.upper(),"{"+MENTOR+"}","urn:uuid:"+MENTOR,MENTOR.replace("-",""),"\u0661"*32, MENTOR+" ", " "+MENTOR, MENTOR[:-1]+"\uff14"]:
    record("PATCH", AGENTS+"1/", {"mentor": m})
J='{"title":"J\u00e4"}'
for ct,b in [("application/json; charset=utf-8",J.encode()),("application/json; charset=latin-1",J.encode('latin-1')),("application/json; charset=utf-16",J.encode('utf-16')),("application/json; charset=nonsense",J.encode()),("application/json; charset=\"utf-8\"",J.encode()),("APPLICATION/JSON",J.encode()),("application/json;charset=ascii",J.encode()),("application/json; charset=utf-8-sig",b'\xef\xbb\xbf'+J.encode()),
  ("application/x-www-form-urlencoded; charset=latin-1",b"title=J%E4"),("application/x-www-form-urlencoded; charset=utf-8",b"title=J%C3%A4"),("application/x-www-form-urlencoded; charset=nonsense",b"title=J%C3%A4"),
  ("*/*",J.encode()),("application/*",J.encode()),("text/plain",J.encode()),("application/json, text/plain",J.encode()),(" application/json",J.encode()),("application/json;",J.encode()),("application/vnd.api+json",J.encode())]:
    record("PATCH", AGENTS+"1/", b, Content_Type=ct)
def mp(boundary, *parts, end=True, nl=b"\r\n"):
    out=b""
    for h,body in parts: out+=b"--"+boundary+nl+h.replace(b"\n",nl)+nl+nl+body+nl
    return out+(b"--"+boundary+b"--"+nl if end else b"")
T=b'Content-Disposition: form-data; name="title"'
for ct,b in [
 ("multipart/form-data; boundary=XX",mp(b"XX",(T,b"plain"))),
 ("multipart/form-data; boundary=XX",mp(b"XX",(T+b"\nContent-Transfer-Encoding: base64",b"SGVsbG8="))),
 ("multipart/form-data; boundary=XX",mp(b"XX",(T+b"\nContent-Transfer-Encoding: base64",b"SGVs bG8="))),
 ("multipart/form-data; boundary=XX",mp(b"XX",(T+b"\nContent-Transfer-Encoding: base64",b"SGVsbG8"))),
 ("multipart/form-data; boundary=XX",mp(b"XX",(T+b"\nContent-Transfer-Encoding: base64",b"***"))),
 ("multipart/form-data; boundary=XX",mp(b"XX",(T+b"\nContent-Transfer-Encoding: quoted-printable",b"a=3Db"))),
 ("multipart/form-data; boundary=XX",mp(b"XX",(T+b"\nContent-Transfer-Encoding: BASE64",b"SGVsbG8="))),
 ("multipart/form-data; boundary=\"XX\"",mp(b"XX",(T,b"quoted"))),
 ("multipart/form-data; boundary=X X",mp(b"X X",(T,b"x"))),
 ("multipart/form-data; boundary=\"X X\"",mp(b"X X",(T,b"space"))),
 ("multipart/form-data; boundary="+"x"*200,mp(b"x"*200,(T,b"long"))),
 ("multipart/form-data; boundary="+"x"*201,mp(b"x"*201,(T,b"long"))),
 ("multipart/form-data; boundary="+"x"*70,mp(b"x"*70,(T,b"seventy"))),
 ("multipart/form-data; boundary="+"x"*71,mp(b"x"*71,(T,b"seventyone"))),
 ("multipart/form-data; boundary=X@Y",mp(b"X@Y",(T,b"at"))),
 ("multipart/form-data; boundary=X'()+_,-./:=?Y",mp(b"X'()+_,-./:=?Y",(T,b"punct"))),
 ("multipart/form-data; boundary=XX",mp(b"XX",(T,b"lf"),nl=b"\n")),
 ("multipart/form-data; boundary=XX",mp(b"XX",(T,b"noend"),end=False)),
 ("multipart/form-data; boundary=XX",b"preamble\r\n"+mp(b"XX",(T,b"preamble"))),
 ("multipart/form-data; boundary=XX",mp(b"XX",(T,b"one"),(T,b"two"))),
 ("multipart/form-data; boundary=XX",mp(b"XX",(b'Content-Disposition: form-data; name=title',b"unquoted"))),
 ("multipart/form-data; boundary=XX",mp(b"XX",(b'content-disposition: FORM-DATA; NAME="title"',b"case"))),
 ("multipart/form-data; boundary=XX",mp(b"XX",(b'Content-Disposition: form-data; name=" title "',b"spaced"))),
 ("multipart/form-data; boundary=XX",mp(b"XX",(b'Content-Disposition: attachment; name="title"',b"att"))),
 ("multipart/form-data; boundary=XX",mp(b"XX",(T+b'; filename="a.txt"',b"file"))),
 ("multipart/form-data; boundary=XX",mp(b"XX",(T+b'; filename=""',b"nofile"))),
 ("multipart/form-data; boundary=XX",mp(b"XX",(T+b"\nContent-Type: text/plain; charset=latin-1",b"J\xe4"))),
 ("multipart/form-data; boundary=XX; charset=latin-1",mp(b"XX",(T,b"J\xe4"))),
 ("MULTIPART/FORM-DATA; BOUNDARY=XX",mp(b"XX",(T,b"upper"))),
 ("multipart/form-data; boundary=",mp(b"",(T,b"x"))),
 ("multipart/form-data",mp(b"XX",(T,b"x"))),
 ("multipart/form-data; boundary=XX",mp(b"YY",(T,b"x"))),
 ("multipart/form-data; boundary=\u00e4",mp(b"\xe4",(T,b"x"))),
 ]:
    record("PATCH", AGENTS+"1/", b, Content_Type=ct)
for h in ["Api-Token "+ADA+",Api-Token "+ADA, "Api-Token "+ADA+", Api-Token "+ADA,"Api-Token "+ADA+",x"]:
    record("GET", AGENTS, Authorization=h)
